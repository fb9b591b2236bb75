package io.penstock.dataplane.config;

import io.penstock.dataplane.config.NetworkConfig.Prefix;
import io.penstock.dataplane.config.NetworkConfig.RouteType;
import io.penstock.os.netlink.IpAddress;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Reads the YAML file into a {@link ConfigurationBuilder}. It checks form, types and ranges; what needs the whole, such as
 * names that must resolve, is the builder's to check. Paths are relative to the file's folder.
 */
final class ConfigurationParser {

    /** Bytes; a configuration names files for whatever is long. More is a mistaken file, not a large configuration. */
    private static final int MAX_BYTES = 1 << 20;

    /** Levels of nesting. The format needs four; the composer recurses, so that thousands would overflow its stack. */
    private static final int MAX_DEPTH = 64;

    private static final List<String> TOP = List.of(
            "ports", "workers", "local", "on-death", "rules", "sets", "services", "sysctl", "network");

    private final String file;
    private final Path folder;
    private final ConfigurationBuilder into;

    private ConfigurationParser(final String file, final Path folder, final ConfigurationBuilder into) {
        this.file = file;
        this.folder = folder;
        this.into = into;
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
                case "sysctl" -> value.mapping().forEach((name, v) -> into.sysctl(name, v.text(), v.keyWhere()));
                default -> network(value);
            }
        });
    }

    private Optional<Node> compose(final String text) {
        checkDepth(text);
        try {
            final LoadSettings settings = LoadSettings.builder()
                    .setLabel(file)
                    .setAllowDuplicateKeys(true)
                    .setAllowNonScalarKeys(true)
                    .build();
            return new Compose(settings).composeString(text);
        } catch (final MarkedYamlEngineException e) {
            final String where = e.getProblemMark().map(m -> Yaml.where(file, m)).orElse(file);
            throw new ConfigurationException(where, "this is not YAML: " + oneLine(e.getProblem()));
        } catch (final ReaderException e) {
            throw new ConfigurationException(where(text, e.getPosition()), "the character U+"
                    + String.format("%04X", e.getCodePoint()) + " is not allowed in YAML; remove it");
        } catch (final YamlEngineException e) {
            throw new ConfigurationException(file, "this is not YAML: " + oneLine(e.getMessage()));
        }
    }

    /** An upper bound without parsing: open brackets, or the indentation and indicators that start a line ("- - - -"). */
    private void checkDepth(final String text) {
        int open = 0;
        int line = 1;
        int start = 0;
        boolean indicators = true;
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            if (c == '\n') {
                line++;
                start = i + 1;
                indicators = true;
                continue;
            }
            if (c == '[' || c == '{') {
                open++;
            } else if (c == ']' || c == '}') {
                open = Math.max(0, open - 1);
            }
            if (open > MAX_DEPTH || indicators && " #\r".indexOf(c) < 0 && i - start > MAX_DEPTH * 2) {
                throw new ConfigurationException(file + ':' + line + ':' + (i - start + 1), "the file is nested too deeply: limit="
                        + MAX_DEPTH + " levels; look for a bracket that is not closed");
            }
            indicators &= " -?:".indexOf(c) >= 0;
        }
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
                    List.of("device", "attach", "copy", "queues", "busy-poll", "busy-poll-budget"));
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
                    busyPoll(keys)),
                    device == null ? value.keyWhere() : device.where());
        });
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

    private void network(final Yaml network) {
        final Map<String, Yaml> keys = network.mapping(List.of("addresses", "routes", "neighbours"));
        if (keys.containsKey("addresses")) {
            keys.get("addresses").mapping().forEach(this::addresses);
        }
        if (keys.containsKey("routes")) {
            keys.get("routes").sequence("[ { to: default, via: 192.0.2.254, port: wan } ]").forEach(this::route);
        }
        if (keys.containsKey("neighbours")) {
            keys.get("neighbours")
                    .sequence("[ { ip: 192.0.2.254, mac: \"02:00:00:00:00:fe\", port: wan } ]")
                    .forEach(this::neighbour);
        }
    }

    private void addresses(final String port, final Yaml value) {
        final Map<Prefix, Yaml> prefixes = new LinkedHashMap<>();
        for (final Yaml element : value.sequence("[192.0.2.1/24, \"2001:db8::1/64\"]")) {
            if (prefixes.put(element.literal(Literals::prefix), element) != null) {
                throw element.error(value.name() + ": the address " + element.text() + " is given twice; keep one");
            }
        }
        into.addresses(port, List.copyOf(prefixes.keySet()), value.keyWhere());
    }

    private void route(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("to", "via", "port", "type"));
        final Yaml to = required(value, keys, "to");
        final RouteType type =
                keys.containsKey("type") ? keys.get("type").choice(RouteType.class) : RouteType.UNICAST;
        final Yaml viaValue = keys.get("via");
        final IpAddress via = viaValue == null ? null : viaValue.literal(Literals::address);
        final Prefix destination = destination(to, via);
        if (type != RouteType.UNICAST) {
            for (final String key : List.of("via", "port")) {
                if (keys.containsKey(key)) {
                    throw keys.get(key).keyError(
                            value.name() + ": a " + keys.get("type").text() + " route has no " + key + "; remove it");
                }
            }
            into.route(new NetworkConfig.Route(destination, null, null, type), value.where());
            return;
        }
        if (via != null && via.family() != destination.address().family()) {
            throw viaValue.error(value.name() + ": the gateway " + viaValue.text() + " is not of the same family as to="
                    + destination + "; name one that is");
        }
        final Yaml port = required(value, keys, "port");
        into.route(new NetworkConfig.Route(destination, via, port.text(), type), port.where());
    }

    private static Prefix destination(final Yaml to, final IpAddress via) {
        if (!"default".equals(to.text())) {
            return to.literal(Literals::network);
        }
        if (via == null) {
            throw to.error("network.routes: 'default' without via could be either family; write 0.0.0.0/0 or ::/0");
        }
        return Literals.prefix(via.family() == IpAddress.V4 ? "0.0.0.0/0" : "::/0");
    }

    private void neighbour(final Yaml value) {
        final Map<String, Yaml> keys = value.mapping(List.of("ip", "mac", "port"));
        final Yaml ip = required(value, keys, "ip");
        final Yaml port = required(value, keys, "port");
        into.neighbour(
                new NetworkConfig.Neighbour(
                        ip.literal(Literals::address), required(value, keys, "mac").literal(Literals::mac), port.text()),
                ip.where(),
                port.where());
    }

    private static Yaml required(final Yaml in, final Map<String, Yaml> keys, final String key) {
        final Yaml value = keys.get(key);
        if (value == null) {
            throw in.error(in.name() + ": the key '" + key + "' is missing; add it");
        }
        return value;
    }
}
