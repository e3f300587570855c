package org.dbstore.config;

import org.dbstore.config.PortGroupStates.State;
import org.dbstore.config.TargetAccess.Digest;
import org.dbstore.config.TargetAccess.Limits;
import org.dbstore.config.TargetAccess.LunMapConfig;
import org.dbstore.config.TargetAccess.Redirect;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Reads the keys of a target that become its {@link TargetAccess}. */
final class AccessSection {
    private final AuthSection auth;

    AccessSection(AuthSection auth) {
        this.auth = auth;
    }

    /**
     * The terms of a target, as far as they could be read.
     *
     * @param target with its keys
     * @param luns of the target
     * @param ports tags of the portal groups through which it is reached
     * @param initiators the patterns behind the name of a group, a name or a pattern
     */
    TargetAccess read(
            Entry target,
            List<LunConfig> luns,
            Collection<Integer> ports,
            Function<String, List<String>> initiators) {
        Optional<AuthGroupConfig> group =
                target.value(ConfigKey.TARGET_AUTH_GROUP, auth::named).flatMap(found -> found);
        List<AddressRange> addresses =
                target.all(ConfigKey.TARGET_ADDRESSES).stream()
                        .flatMap(item -> item.parsed(AddressRange::parse).stream())
                        .toList();
        int sessions =
                target.value(
                                ConfigKey.TARGET_SESSIONS_MAX,
                                text -> Values.integer(text, 1, Limits.SESSIONS_MAX))
                        .orElse(Limits.SESSIONS_MAX);
        int commands =
                target.value(
                                ConfigKey.TARGET_COMMANDS_MAX,
                                text -> Values.integer(text, 1, Limits.COMMANDS_MAX))
                        .orElse(Limits.COMMANDS_MAX);
        return new TargetAccess(
                group,
                addresses,
                lunMaps(target, luns, initiators),
                digest(target, ConfigKey.TARGET_HEADER_DIGEST),
                digest(target, ConfigKey.TARGET_DATA_DIGEST),
                new Limits(sessions, commands),
                redirect(target),
                QosSection.ofTarget(target, initiators),
                portGroups(target, ports));
    }

    private static PortGroupStates portGroups(Entry target, Collection<Integer> ports) {
        Map<Integer, State> states = new TreeMap<>();
        for (Entry group :
                target.one(ConfigKey.TARGET_ACCESS_STATES).map(Entry::entries).orElse(List.of())) {
            Optional<Integer> tag = group.parsedName(text -> reaching(text, ports));
            Optional<State> state =
                    group.parsed(ConfigKey.TARGET_ACCESS_STATE::choose).map(State::of);
            if (tag.isPresent() && state.isPresent()) {
                states.put(tag.get(), state.get());
            }
        }
        boolean settable =
                target.value(
                                ConfigKey.TARGET_SET_ACCESS_STATES,
                                ConfigKey.TARGET_SET_ACCESS_STATES::choose)
                        .map(Boolean::parseBoolean)
                        .orElse(false);
        return new PortGroupStates(states, settable);
    }

    private static int reaching(String text, Collection<Integer> ports) {
        int tag = PortalSection.group(text);
        if (!ports.contains(tag)) {
            throw new IllegalArgumentException(
                    "the target is not reached through portal group "
                            + tag
                            + "; name one of its portal groups");
        }
        return tag;
    }

    private static Digest digest(Entry target, ConfigKey key) {
        return target.value(key, key::choose)
                .map(text -> Digest.valueOf(text.toUpperCase(Locale.ROOT)))
                .orElse(Digest.ALLOWED);
    }

    private static Optional<Redirect> redirect(Entry target) {
        Optional<PortalConfig> portal =
                target.value(ConfigKey.TARGET_REDIRECT, text -> PortalConfig.parse(text, 1));
        boolean permanent =
                target.value(ConfigKey.TARGET_REDIRECT_KIND, ConfigKey.TARGET_REDIRECT_KIND::choose)
                        .orElse(ConfigKey.TARGET_REDIRECT_KIND.defaultText())
                        .equals("permanent");
        return portal.map(to -> new Redirect(to, permanent));
    }

    private static List<LunMapConfig> lunMaps(
            Entry target, List<LunConfig> luns, Function<String, List<String>> initiators) {
        List<LunMapConfig> maps = new ArrayList<>();
        for (Entry entry :
                target.one(ConfigKey.TARGET_LUN_MAPS).map(Entry::entries).orElse(List.of())) {
            Optional<List<String>> patterns = entry.parsedName(initiators);
            Map<Integer, Integer> numbers = new TreeMap<>();
            for (Entry line : entry.entries()) {
                Optional<Integer> seen = line.parsedName(LunSection::number);
                Optional<Integer> own = line.parsed(text -> known(text, luns));
                if (seen.isPresent() && own.isPresent()) {
                    numbers.put(seen.get(), own.get());
                }
            }
            patterns.ifPresent(names -> maps.add(new LunMapConfig(names, numbers)));
        }
        return maps;
    }

    private static int known(String text, List<LunConfig> luns) {
        int number = LunSection.number(text);
        if (luns.stream().noneMatch(lun -> lun.number() == number)) {
            throw new IllegalArgumentException(
                    "the target has no LUN " + number + "; name one of its luns");
        }
        return number;
    }
}
