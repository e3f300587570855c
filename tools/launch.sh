# Shared by bin/dbsd and bin/dbsctl, which set:
#   root      the repository
#   name      of the command, for messages and the cache
#   main      its main class
#   training  class and arguments of a short run that loads what the command loads at its start; empty for
#             no cache of loaded classes
#   flags     of the JVM
#   options   further flags, from the operator
#   classes   a folder of classes before the jars, if any
# It finds a JDK, builds if nothing is built, and becomes the JVM: the process keeps its pid.
# Installed, $root has the folders lib and runtime instead of sources: nothing is looked for or built.

if [ -d "$root/runtime" ]; then
    lib=$root/lib
    caches=/var/cache/dbs
else
    lib=$root/tools/target/lib
    caches=$root/tools/target/cache
fi
# The engine calls the C library. Adapters in the cache: JDK 25 confuses some of them, notices it and warns.
flags="$flags --enable-native-access=ALL-UNNAMED -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:-AOTAdapterCaching"

if [ -d "$root/runtime" ]; then
    java_home=$root/runtime
else
    . "$root/tools/jdk.sh"
    find_java_home
fi

is_built() {
    for jar in "$lib"/tools-*.jar; do
        [ -e "$jar" ] && return 0
    done
    return 1
}

build() {
    command -v mvn >/dev/null || fail "nothing is built yet and Maven is missing; install it (apt-get install maven) or run 'mvn package' elsewhere"
    log=$root/target/build.log
    mkdir -p "$root/target" || fail "nothing is built yet and $root cannot be written; run 'mvn package' there as its owner"
    exec 9>"$log.lock"
    # Two first starts at once: one builds, the other waits for it.
    ! command -v flock >/dev/null || flock 9
    if ! is_built; then
        echo "$name: nothing is built yet; building once, which takes a minute (log: $log)" >&2
        command -v java >/dev/null || export JAVA_HOME="$java_home"
        if ! (cd "$root" && mvn -q -B -Dmaven.test.skip=true -pl tools -am package) >"$log" 2>&1 </dev/null 9>&-; then
            tail -n 20 "$log" >&2
            fail "the build failed; the whole log is $log"
        fi
    fi
    exec 9>&-
}

# Sets $cache to an AOT cache of loaded classes, made at the first start; empty if there can be none.
# Its name says which jars and which JVM it was made of, so none is used after a change, and it appears
# by a rename, so none is used half-written.
find_cache() {
    cache=
    print=$({ cat "$java_home/release"; echo "$java_home $lib $flags $options"; ls -lLn --full-time "$lib"; } 2>/dev/null | cksum) || return 0
    file=$name-${print%% *}.aot
    for directory in "$caches" "${XDG_CACHE_HOME:-${HOME:-/nonexistent}/.cache}/dbs"; do
        if [ -e "$directory/$file" ]; then
            # An empty file says that this JVM made none.
            [ ! -s "$directory/$file" ] || cache=$directory/$file
            return 0
        fi
        if mkdir -p "$directory" 2>/dev/null && [ -w "$directory" ]; then
            make_cache "$directory"
            return 0
        fi
    done
}

make_cache() {
    made=$1/$file.$$
    trap 'rm -f "$made" "$made.config"; exit 130' INT TERM
    # shellcheck disable=SC2086 # flags and training are lists
    "$java_home/bin/java" $flags $options -XX:AOTCacheOutput="$made" -cp "$classpath" $training \
        >/dev/null 2>&1 </dev/null || true
    rm -f "$1/$name"-*.aot
    [ -s "$made" ] || : >"$made"
    mv -f "$made" "$1/$file"
    rm -f "$made.config"
    trap - INT TERM
    [ ! -s "$1/$file" ] || cache=$1/$file
}

is_built || build
classpath=${classes:-}
for jar in "$lib"/*.jar; do
    classpath=$classpath${classpath:+:}$jar
done
cache=
[ -z "$training" ] || find_cache
# shellcheck disable=SC2086 # flags are a list
exec "$java_home/bin/java" $flags ${cache:+-XX:AOTCache="$cache"} $options -cp "$classpath" $main "$@"
