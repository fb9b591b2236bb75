package io.penstock.dataplane.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads the YAML file into a {@link ConfigurationBuilder}. It checks form, types and ranges; what needs the whole, such as
 * names that must resolve, is the builder's to check. Paths are relative to the file's folder.
 */
final class ConfigurationParser {

    /** Bytes; a configuration names files for whatever is long. More is a mistaken file, not a large configuration. */
    private static final int MAX_BYTES = 1 << 20;

    /** Levels of nesting. The format needs four; the composer recurses, so that thousands would overflow its stack. */
    private static final int MAX_DEPTH = 64;

    /** Aliases of lists and mappings, each of which may be as long as the file: what the composer allows, and says no place of. */
    private static final int MAX_REFERENCES = 50;

    private static final List<String> TOP = List.of(
            "ports", "workers", "local", "on-death", "rules", "sets", "services", "health", "log", "sysctl", "network");

    private final String file;
    private final Path folder;
    private final ConfigurationBuilder into;
    /** Where the last thing was that could be read: what the parser says without a place is wrong with what follows. */
    private String reached;

    private ConfigurationParser(final String file, final Path folder, final ConfigurationBuilder into) {
        this.file = file;
        this.folder = folder;
        this.into = into;
        this.reached = file + ":1:1";
    }

    static void parse(final Path path, final ConfigurationBuilder into) {
        final Path parent = path.toAbsolutePath().getParent();
        new ConfigurationParser(path.toString(), parent, into).parse(read(path));
    }

    private static String read(final Path path) {
        final byte[] bytes;
        try (var stream = Files.newInputStream(path)) {
            bytes = stream.readNBytes(MAX_BYTES + 1);
        } catch (final NoSuchFileException e) {
            throw new ConfigurationException(path.toString(), "there is no such file; check the path given to --config");
        } catch (final IOException e) {
            throw new ConfigurationException(
                    path.toString(), "the file cannot be read: " + e.getMessage() + "; check its type and permissions");
        }
        if (bytes.length > MAX_BYTES) {
            throw new ConfigurationException(path.toString(),
                    "the file is larger than a configuration can be: limit=" + MAX_BYTES + " bytes; check the path");
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (final CharacterCodingException e) {
            throw new ConfigurationException(path.toString(), "the file is not UTF-8 text; save it as UTF-8");
        }
    }

    private void parse(final String text) {
        final Optional<Node> top = compose(text);
        if (top.isEmpty()) {
            return;
        }
        final Map<String, Yaml> keys = new Yaml(file, "", null, top.get()).mapping(TOP);
        keys.forEach((key, value) -> {
            switch (key) {
                case "ports" -> ports(value);
                case "workers" -> workers(value);
                case "local" -> into.local(value.choice(Configuration.Local.class), value.where());
                case "on-death" -> into.onDeath(value.choice(Configuration.OnDeath.class), value.where());
                case "rules" -> rules(value);
                case "sets" -> into.sets(path(value), value.where());
                case "services" -> into.services(path(value), value.where());
                case "health" -> into.health(HealthParser.parse(value, folder));
                case "log" -> log(value);
                case "sysctl" -> value.mapping().forEach((name, v) -> into.sysctl(name, v.text(), v.keyWhere()));
                default -> NetworkParser.parse(value, into);
            }
        });
    }

    private Optional<Node> compose(final String text) {
        try {
            final LoadSettings settings = LoadSettings.builder()
                    .setLabel(file)
                    .setAllowDuplicateKeys(true)
                    .setAllowNonScalarKeys(true)
                    .build();
            checkBounds(new Parse(settings).parseString(text));
            return new Compose(settings).composeString(text);
        } catch (final MarkedYamlEngineException e) {
            final String where = e.getProblemMark().map(m -> Yaml.where(file, m)).orElse(file);
            throw new ConfigurationException(where, "this is not YAML: " + oneLine(e.getProblem()));
        } catch (final ReaderException e) {
            throw new ConfigurationException(where(text, e.getPosition()), "the character U+"
                    + String.format("%04X", e.getCodePoint()) + " is not allowed in YAML; remove it");
        } catch (final YamlEngineException e) {
            throw new ConfigurationException(reached, "this is not YAML from here on: " + oneLine(e.getMessage()));
        } catch (final IllegalArgumentException e) {
            // The scanner reads the digits of an escape before it knows that there are any.
            throw new ConfigurationException(reached, "this is not YAML from here on: an escape in a quoted text lacks its digits, or "
                    + "they are no character's");
        }
    }

    /** The composer recurses into what is nested, and what reads its nodes walks those that are referred to every time. */
    private void checkBounds(final Iterable<Event> events) {
        final Set<Anchor> collections = new HashSet<>();
        int depth = 0;
        int references = 0;
        for (final Event event : events) {
            reached = where(event);
            switch (event) {
                case ScalarEvent scalar -> scalar.getTag().ifPresent(this::checkTag);
                case CollectionStartEvent start -> {
                    start.getTag().ifPresent(this::checkTag);
                    start.getAnchor().ifPresent(collections::add);
                    if (++depth > MAX_DEPTH) {
                        throw new ConfigurationException(reached, "the file is nested too deeply: limit=" + MAX_DEPTH
                                + " levels; look for a bracket that is not closed");
                    }
                }
                case CollectionEndEvent _ -> depth--;
                case AliasEvent alias -> {
                    if (collections.contains(alias.getAlias()) && ++references > MAX_REFERENCES) {
                        throw new ConfigurationException(reached, "there are too many references to lists and mappings: "
                                + "limit=" + MAX_REFERENCES + "; write out what '*" + alias.getAlias() + "' stands for");
                    }
                }
                default -> { }
            }
        }
    }

    /** The composer throws what it does not declare. */
    private void checkTag(final String tag) {
        try {
            new Tag(tag);
        } catch (final IllegalArgumentException e) {
            throw new ConfigurationException(reached, "'" + tag + "' cannot be a tag; remove it");
        }
    }

    private String where(final Event event) {
        return event.getStartMark().map(m -> Yaml.where(file, m)).orElse(file);
    }

    private String where(final String text, final int position) {
        final int end = Math.min(position, text.length());
        int line = 1;
        int start = 0;
        for (int i = 0; i < end; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return file + ':' + line + ':' + (end - start + 1);
    }

    private static String oneLine(final String message) {
        return message == null ? "it cannot be parsed" : message.strip().replaceAll("\\s+", " ");
    }

    private void ports(final Yaml ports) {
        ports.mapping().forEach((name, value) -> {
            into.checkPortName(name, value.keyWhere());
            final Map<String, Yaml> keys = value.mapping(
                    List.of("device", "attach", "copy", "queues", "ring", "busy-poll", "busy-poll-budget"));
            final Yaml device = keys.get("device");
            final String deviceName = device == null ? name : device.text();
            into.checkDeviceName(deviceName, device == null ? value.keyWhere() : device.where());
            into.port(new PortConfig(
                    name,
                    deviceName,
                    keys.containsKey("attach") ? keys.get("attach").choice(PortConfig.Attach.class) : PortConfig.Attach.AUTO,
                    keys.containsKey("copy") ? keys.get("copy").choice(PortConfig.Copy.class) : PortConfig.Copy.AUTO,
                    keys.containsKey("queues")
                            ? keys.get("queues").integer(1, ConfigurationBuilder.MAX_QUEUES)
                            : PortConfig.ALL_QUEUES,
                    keys.containsKey("ring") ? ring(keys.get("ring")) : PortConfig.DEFAULT_RING,
                    busyPoll(keys),
                    ""),
                    device == null ? value.keyWhere() : device.where());
        });
    }

    private static int ring(final Yaml value) {
        final int ring = value.integer(ConfigurationBuilder.MIN_RING, ConfigurationBuilder.MAX_RING);
        if (Integer.bitCount(ring) != 1) {
            throw value.error(value.name() + " must be a power of two, not " + ring + ": take " + Integer.highestOneBit(ring) + " or "
                    + 2 * Integer.highestOneBit(ring));
        }
        return ring;
    }

    private static PortConfig.BusyPoll busyPoll(final Map<String, Yaml> keys) {
        final Yaml us = keys.get("busy-poll");
        final Yaml budget = keys.get("busy-poll-budget");
        if (us == null) {
            if (budget != null) {
                throw budget.keyError(budget.name() + " does nothing without busy-poll; add busy-poll: 20 or remove it");
            }
            return PortConfig.BusyPoll.OFF;
        }
        return new PortConfig.BusyPoll(
                us.integer(0, ConfigurationBuilder.MAX_BUSY_POLL_US),
                budget == null ? PortConfig.BusyPoll.DEFAULT_BUDGET
                        : budget.integer(1, ConfigurationBuilder.MAX_BUSY_POLL_BUDGET));
    }

    private void workers(final Yaml workers) {
        final Map<String, Yaml> keys = workers.mapping(List.of("cpus", "idle"));
        if (keys.containsKey("cpus")) {
            into.cpus(cpus(keys.get("cpus")));
        }
        if (keys.containsKey("idle")) {
            into.idle(keys.get("idle").choice(WorkersConfig.Idle.class));
        }
    }

    private static List<Integer> cpus(final Yaml value) {
        final List<Yaml> elements = value.sequence("[1, 2]");
        if (elements.isEmpty()) {
            throw value.error(value.name() + " is empty; name at least one CPU or remove the key");
        }
        final List<Integer> cpus = new ArrayList<>();
        for (final Yaml element : elements) {
            element.literal(text -> {
                Literals.cpus(text).forEach(cpu -> Literals.addCpu(cpus, cpu));
                return cpus;
            });
        }
        return cpus;
    }

    private void rules(final Yaml rules) {
        rules.mapping(List.of("ipv4", "ipv6")).forEach((family, value) -> {
            if ("ipv4".equals(family)) {
                into.rules4(path(value), value.where());
            } else {
                into.rules6(path(value), value.where());
            }
        });
    }

    private void log(final Yaml log) {
        log.mapping(List.of("to")).forEach((key, value) -> into.log(
                Configuration.SYSLOG.equals(value.text()) ? Configuration.SYSLOG : path(value).toString(), value.where()));
    }

    private Path path(final Yaml value) {
        final String text = value.text();
        try {
            if (!text.isBlank()) {
                return folder.resolve(text);
            }
        } catch (final InvalidPathException e) {
            // Refused below like an empty one: both name no file.
        }
        throw value.error(value.name() + " must be the path of a file");
    }
}
