# Completion of dbsctl for bash: source <(dbsctl completion bash)
_dbsctl() {
    local line=${COMP_LINE:0:COMP_POINT} current prefix='' break answer IFS=$' \t\n'
    local -a words
    # COMP_WORDS is split at '@', ':' and '=' too, which are parts of names here.
    read -r -a words <<< "$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[${#words[@]} - 1]}
    # The shell replaces only what follows the last of these.
    for break in @ : =; do
        if [[ $COMP_WORDBREAKS == *"$break"* && $current == *"$break"* ]]; then
            answer=${current%"${current##*"$break"}"}
            [[ ${#answer} -gt ${#prefix} ]] && prefix=$answer
        fi
    done
    COMPREPLY=()
    while IFS=$'\t' read -r answer _; do
        if [[ $answer == :files ]]; then
            compopt -o default
            return
        fi
        COMPREPLY+=("${answer#"$prefix"}")
    done < <("${words[0]}" __complete -- "${words[@]:1}" 2> /dev/null)
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[@=] ]]; then
        compopt -o nospace
    fi
}
complete -F _dbsctl dbsctl
