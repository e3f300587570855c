#compdef dbsctl
# Completion of dbsctl for zsh: source <(dbsctl completion zsh), or as the file _dbsctl in a folder of fpath
_dbsctl() {
    local answer
    local -a before values open shown
    before=("${(@Q)words[2,CURRENT-1]}")
    for answer in "${(@f)$("${(Q)words[1]}" __complete -- "${before[@]}" "${(Q)PREFIX}" 2> /dev/null)}"; do
        case $answer in
            '') ;;
            :files) _files; return ;;
            *) values+=("${answer%%$'\t'*}") ;;
        esac
    done
    open=("${(@M)values:#*[@=]}")
    values=("${(@)values:#*[@=]}")
    (( ${#open} )) && compadd -S '' -- "${open[@]}"
    (( ${#values} )) && compadd -- "${values[@]}"
}
if [[ ${funcstack[1]} == _dbsctl ]]; then
    _dbsctl
else
    compdef _dbsctl dbsctl
fi
