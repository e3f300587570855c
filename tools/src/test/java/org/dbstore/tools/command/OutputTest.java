package org.dbstore.tools.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.dbstore.tools.ExitCode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.util.List;

/** Goal: results come in the form, with the columns and in the order that were wished for. */
class OutputTest extends CommandTestBase {
    @BeforeEach
    void makeVolumes() {
        dbsctl("volume", "create", "b", "3M");
        dbsctl("volume", "create", "a", "10M");
        dbsctl("volume", "create", "c", "2M");
    }

    @Test
    void yamlHoldsTheSameAsJson() throws Exception {
        dbsctl("volume", "label", "a", "tier=gold");
        for (String[] command :
                new String[][] {{"volume", "list"}, {"device", "info"}, {"volume", "info", "a"}}) {
            Object yaml =
                    new Yaml(new SafeConstructor(new LoaderOptions())).load(as("yaml", command));
            String json = as("json", command);
            Object expected = json.startsWith("[") ? Json.objects(json) : Json.object(json);
            // YAML has one kind of number for what fits, JSON here only the large one.
            assertEquals(expected.toString(), yaml.toString());
        }
        assertEquals("[]\n", dbsctl("snapshot", "diff", "a", "-o", "yaml"));
    }

    @Test
    void chosenColumnsComeInTheOrderOfTheChoice() {
        assertEquals(
                "3145728\tb\n10485760\ta\n2097152\tc\n",
                dbsctl("volume", "list", "-Hb", "--columns", "size,name"));
        assertEquals(
                dbsctl("volume", "list", "-Hb", "--columns", "sizeBytes,head-snapshot-id"),
                dbsctl("volume", "list", "-Hb", "--columns", "SIZE", "--columns", "head"));
        assertEquals(
                """
                [ {
                  "name" : "b"
                }, {
                  "name" : "a"
                }, {
                  "name" : "c"
                } ]
                """,
                dbsctl("volume", "list", "-o", "json", "--columns", "name"));
        assertEquals("NAME  a\n", dbsctl("volume", "info", "a", "--columns", "name"));
    }

    @Test
    void columnsThatTablesLeaveOutCanBeChosen() {
        String list = dbsctl("volume", "list");
        assertTrue(!list.contains("UUID"), list);
        assertTrue(dbsctl("volume", "list", "--columns", "uuid").startsWith("UUID\n"));
        String all = dbsctl("volume", "list", "--columns", "all");
        assertTrue(all.startsWith("NAME  ") && all.contains("UUID"), all);
    }

    @Test
    void rowsAreSortedUpAndDownByColumnsThatNeedNotBeShown() {
        assertEquals("a\nb\nc\n", dbsctl("volume", "list", "-H", "--columns=name", "--sort=name"));
        assertEquals(
                "c\nb\na\n", dbsctl("volume", "list", "-H", "--columns=name", "--sort", "size"));
        assertEquals(
                "a\nb\nc\n", dbsctl("volume", "list", "-H", "--columns=name", "--sort", "-size"));
        // As an option it would be -d with a path behind it.
        dbsctl("device", "info", "--sort", "-deviceId");
    }

    @Test
    void rowsWithoutAValueComeLastEitherWay() {
        dbsctl("snapshot", "create", "a");
        for (String sort : new String[] {"parentId", "-parentId"}) {
            List<String> lines =
                    dbsctl("snapshot", "list", "-H", "--columns", "parentId", "--sort", sort)
                            .lines()
                            .toList();
            assertEquals("-", lines.getLast());
            assertTrue(!lines.getFirst().equals("-"), lines.getFirst());
        }
    }

    @Test
    void anUnknownColumnIsGuessed() {
        String all =
                "the columns are name, sizeBytes, mappedBytes, snapshotCount, headSnapshotId,"
                        + " headCreatedAt, slot, createdAt, uuid, labels\n";
        assertEquals(
                "dbsctl: there is no column 'nmae', did you mean 'name'?; " + all,
                failing(ExitCode.USAGE, "volume", "list", "--columns", "size,nmae"));
        assertEquals(
                "dbsctl: there is no column 'colour'; " + all,
                failing(ExitCode.USAGE, "volume", "list", "--sort", "-colour"));
        failing(ExitCode.USAGE, "volume", "list", "--sort");
    }

    private String as(String format, String... command) {
        String[] line = java.util.Arrays.copyOf(command, command.length + 2);
        line[command.length] = "-o";
        line[command.length + 1] = format;
        return dbsctl(line);
    }
}
