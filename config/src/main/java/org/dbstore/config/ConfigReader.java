package org.dbstore.config;

import org.apache.commons.configuration2.tree.ImmutableNode;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a configuration from YAML and finds all that is wrong with it. */
public final class ConfigReader {
    private static final String DEFAULT_RESOURCE = "default.yaml";
    private static final String DATA_DIRECTORY_MARK = "@DATA@";

    private ConfigReader() {}

    /**
     * Reads and checks a file and the {@code conf.d/*.yaml} beside it.
     *
     * @param file the main file; relative paths in any of the files are relative to its directory
     * @return the configuration
     * @throws ConfigException with every problem of every file
     */
    public static DbsConfig read(Path file) throws ConfigException {
        return read(file, System.getenv());
    }

    /** As {@link #read(Path)}, with secrets from these variables. */
    static DbsConfig read(Path file, Map<String, String> environment) throws ConfigException {
        Problems problems = new Problems();
        ConfigFiles files = new ConfigFiles(file);
        return check(files, files.all(problems), environment, problems);
    }

    /**
     * As {@link #read(Path)}, as if {@code conf.d/dbsctl.yaml} held a text.
     *
     * @param file the main file
     * @param managedText YAML
     * @return the configuration
     * @throws ConfigException with every problem of every file
     */
    public static DbsConfig read(Path file, String managedText) throws ConfigException {
        Problems problems = new Problems();
        ConfigFiles files = new ConfigFiles(file);
        return check(files, files.with(managedText, problems), System.getenv(), problems);
    }

    private static DbsConfig check(
            ConfigFiles files,
            ImmutableNode tree,
            Map<String, String> environment,
            Problems problems)
            throws ConfigException {
        // What could not be parsed would only cause complaints about what is missing then.
        problems.throwIfAny();
        return check(tree, files.directory(), environment, problems);
    }

    /**
     * What runs without a config file: one sparse device, one demo volume, loopback only.
     *
     * @param dataDirectory where the device is; it need not exist
     * @return the configuration
     */
    public static DbsConfig embeddedDefault(Path dataDirectory) {
        Problems problems = new Problems();
        try {
            ImmutableNode tree =
                    ConfigFiles.parse(defaultText(dataDirectory), DEFAULT_RESOURCE, problems);
            problems.throwIfAny();
            return check(tree, dataDirectory.toAbsolutePath(), Map.of(), problems);
        } catch (ConfigException e) {
            throw new IllegalStateException("The built-in configuration is wrong.", e);
        }
    }

    /**
     * The text that {@link #embeddedDefault} reads, commented, for people to copy.
     *
     * @param dataDirectory where the device is
     * @return YAML
     */
    public static String defaultText(Path dataDirectory) {
        // The mark stands within single quotes, where YAML knows one escape: the doubled quote.
        String directory = dataDirectory.toAbsolutePath().normalize().toString().replace("'", "''");
        try (InputStream resource = ConfigReader.class.getResourceAsStream(DEFAULT_RESOURCE)) {
            if (resource == null) {
                throw new IllegalStateException(
                        "The resource " + DEFAULT_RESOURCE + " is missing.");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8)
                    .replace(DATA_DIRECTORY_MARK, directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static DbsConfig check(
            ImmutableNode tree, Path directory, Map<String, String> environment, Problems problems)
            throws ConfigException {
        Entry root = Entry.root(tree, problems);
        root.checkKeys(ConfigKey.DEVICES);
        List<DeviceConfig> devices = new DeviceSection(directory).read(root);
        List<PortalConfig> portals = new PortalSection().read(root);
        String discovery =
                root.value(ConfigKey.DISCOVERY, ConfigKey.DISCOVERY::choose)
                        .orElse(ConfigKey.DISCOVERY.defaultText());
        Set<Integer> groups =
                portals.stream().map(PortalConfig::groupTag).collect(Collectors.toSet());
        AuthSection auth = new AuthSection(directory, environment).read(root);
        Optional<AuthGroupConfig> discoveryAuth =
                root.value(ConfigKey.DISCOVERY_AUTH_GROUP, auth::named).flatMap(group -> group);
        List<TargetConfig> targets = new TargetSection(groups, deviceNames(tree), auth).read(root);
        AdminSection administration = new AdminSection(directory);
        AdminConfig admin = administration.read(root);
        LogConfig log = administration.readLog(root);
        List<ScheduleConfig> schedules = new ScheduleSection(deviceNames(tree)).read(root);
        boolean busyPoll =
                root.value(ConfigKey.BUSY_POLL, ConfigKey.BUSY_POLL::choose)
                        .orElse(ConfigKey.BUSY_POLL.defaultText())
                        .equals("on");
        problems.throwIfAny();
        return new DbsConfig(
                devices,
                portals,
                DbsConfig.Discovery.valueOf(discovery.toUpperCase(Locale.ROOT)),
                discoveryAuth,
                targets,
                admin,
                schedules,
                log,
                busyPoll,
                auth.groups());
    }

    /** Names of all devices, also of wrong ones: a LUN on these is not wrong again. */
    private static Set<String> deviceNames(ImmutableNode tree) {
        return tree.getChildren().stream()
                .filter(child -> child.getNodeName().equals(ConfigKey.DEVICES.key()))
                .flatMap(devices -> devices.getChildren().stream())
                .map(ImmutableNode::getNodeName)
                .collect(Collectors.toSet());
    }
}
