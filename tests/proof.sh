# Shared by the proofs in bin/ that are Java programs of the module tests; sourced, never run. They set:
#   root, name, main   as for tools/launch.sh
#   jars               a folder with what else the program needs, if anything
# and have --help answered from the comment at their head.
for argument in "$@"; do
    case $argument in -h|--help)
        sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//p}' "$0"
        exit ;;
    esac
done
training=
# The load is short and many-threaded: what is compiled best is of no use.
flags="-XX:+UseSerialGC -Xmx1500m -Ddbs.root=$root -Dlog4j2.configurationFile=$root/tests/proof-log.properties"
options=${DBS_PROOF_JAVA_OPTS:-}
classes=$root/tests/target/test-classes
if [ ! -e "$classes/$(echo "$main" | tr . /).class" ]; then
    echo "$name: the tests are not compiled yet; building once" >&2
    (cd "$root" && mvn -q -B -DskipTests -pl tests -am package) >&2 </dev/null
fi
for jar in ${jars:+"$jars"/*.jar}; do
    [ ! -e "$jar" ] || classes=$classes:$jar
done
. "$root/tools/launch.sh"
