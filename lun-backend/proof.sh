# Shared by the proofs of the engine alone, bin/crash-test and bin/engine-figures, which set:
#   root      the repository
#   name      of the command, for messages and the log
# It finds a JDK, as $java_home, and builds what is missing or out of date. $classpath has the compiled
# tests of lun-backend and all that they need.

. "$root/tools/jdk.sh"
find_java_home

module=$root/lun-backend
log=$root/target/$name.log
dependencies=$module/target/test-classpath
# True if the classes are older than a source.
is_stale() {
    [ -s "$dependencies" ] && [ -e "$module/target/test-classes" ] || return 0
    [ -n "$(find "$root/pom.xml" "$module/pom.xml" "$module/src" -newer "$dependencies" -type f | head -n 1)" ]
}
if is_stale; then
    command -v mvn >/dev/null || fail "nothing is built yet and Maven is missing; install it (apt-get install maven)"
    command -v java >/dev/null || export JAVA_HOME="$java_home"
    mkdir -p "$root/target"
    if ! (cd "$root" && mvn -q -B -pl lun-backend -am -Dwarnings=-Xlint:all test-compile \
        dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$dependencies.new") >"$log" 2>&1 </dev/null; then
        tail -n 20 "$log" >&2
        fail "the build failed; the whole log is $log"
    fi
    mv "$dependencies.new" "$dependencies"
fi
classpath=$module/target/test-classes:$module/target/classes:$(cat "$dependencies")
