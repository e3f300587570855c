# Finds a JDK for the scripts in bin/, which set:
#   name      of the command, for messages

fail() {
    echo "$name: $1" >&2
    exit 1
}

# True if $1 is the home of a JDK that can run us.
is_suitable() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    major=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
    [ "${major:-0}" -ge 25 ]
}

find_java_home() {
    if [ -n "${DBS_JAVA_HOME:-}" ]; then
        is_suitable "$DBS_JAVA_HOME" || fail "DBS_JAVA_HOME=$DBS_JAVA_HOME is no JDK 25 or later; correct or unset it"
        java_home=$DBS_JAVA_HOME
        return
    fi
    on_path=$(command -v java || true)
    [ -z "$on_path" ] || on_path=$(readlink -f "$on_path")
    for java_home in "${JAVA_HOME:-}" "${on_path%/bin/java}" /usr/lib/jvm/* "${HOME:-}"/.sdkman/candidates/java/* /opt/*; do
        if is_suitable "$java_home"; then
            return
        fi
    done
    fail "no JDK 25 or later found; install one (https://adoptium.net, or apt-get install temurin-25-jdk) or set DBS_JAVA_HOME
  looked at JAVA_HOME, java on the PATH, /usr/lib/jvm, ~/.sdkman and /opt"
}
