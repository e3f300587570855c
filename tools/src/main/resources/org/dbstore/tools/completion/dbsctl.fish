# Completion of dbsctl for fish: dbsctl completion fish | source
function __dbsctl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l answers ($words[1] __complete -- $words[2..-1] "$current" 2>/dev/null)
    if test "$answers[1]" = :files
        __fish_complete_path "$current"
    else
        string join \n -- $answers
    end
end
complete -c dbsctl -e
complete -c dbsctl -f -a '(__dbsctl_complete)'
