package io.penstock.dataplane.config;

import io.penstock.dataplane.ipvs.health.Check;
import io.penstock.dataplane.ipvs.health.HealthRule;
import io.penstock.dataplane.ipvs.health.HealthRule.Initial;
import io.penstock.dataplane.ipvs.health.HealthRule.OnDown;
import io.penstock.dataplane.ipvs.health.Names;
import io.penstock.dataplane.ipvs.health.PingCheck;
import io.penstock.dataplane.ipvs.health.SorryServer;
import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.os.netlink.IpAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code health:} of the file: how the servers of each virtual service are kept healthy. Whether there is such a service is the data plane's to find out. */
final class HealthParser {

    /** As HAProxy has them: a server that is dead is out within three intervals, one that flaps does not come back at once. */
    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(2);
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(1);
    private static final int DEFAULT_RISE = 2;
    private static final int DEFAULT_FALL = 3;

    /** Hundredths of the interval: enough that checks begun together do not stay together. */
    private static final int DEFAULT_JITTER = 10;

    /** Shorter ones load servers with nothing but checks. */
    private static final Duration SHORTEST = Duration.ofMillis(10);
    private static final Duration LONGEST = Duration.ofDays(1);

    private static final int MAX_IN_ROW = 1000;
    private static final int MAX_QUORUM = 65_535;
    private static final int MAX_PORT = 65_535;
    private static final int PERCENT = 100;

    private static final List<String> KEYS = List.of("service", "check", "port", "interval", "timeout", "rise", "fall", "jitter",
            "initial", "on-down", "on-removal", "quorum", "sorry");
    private static final List<String> ONLY_WITH_CHECK =
            List.of("port", "interval", "timeout", "rise", "fall", "jitter", "initial", "on-down", "quorum");

    private static final Map<String, Integer> PROTOCOLS = Map.of("tcp", 6, "udp", 17, "sctp", 132);
    private static final Pattern BY_ADDRESS = Pattern.compile("(\\w+) (\\S+):(\\d{1,5})");
    private static final Pattern BY_MARK = Pattern.compile("(mark6?) (\\d{1,10})");
    private static final Pattern ADDRESS_AND_PORT = Pattern.compile("(\\[[^]]+]|[^:]+):(\\d{1,5})");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");
    private static final Pattern SHARE = Pattern.compile("(\\d{1,3})%?");

    private final Path folder;

    private HealthParser(final Path folder) {
        this.folder = folder;
    }

    /** The rules, in the order of the file; paths in them are relative to the folder. */
    static List<HealthRule> parse(final Yaml health, final Path folder) {
        return new HealthParser(folder).parse(health);
    }

    private List<HealthRule> parse(final Yaml health) {
        final List<HealthRule> rules = new ArrayList<>();
        final Map<ServiceKey, String> places = new HashMap<>();
        for (final Yaml element : health.sequence("[ { service: \"tcp 192.0.2.1:80\", check: { tcp: {} } } ]")) {
            final Map<String, Yaml> keys = element.mapping(KEYS);
            final Yaml service = required(element, keys, "service");
            final HealthRule rule = rule(element, keys);
            final String earlier = places.putIfAbsent(rule.service(), service.where());
            if (earlier != null) {
                throw service.error("health: service=" + service.text() + " has a rule already, at " + earlier + "; keep one");
            }
            rules.add(rule);
        }
        return rules;
    }

    private HealthRule rule(final Yaml element, final Map<String, Yaml> keys) {
        final ServiceKey service = service(keys.get("service"));
        final Check check = keys.containsKey("check") ? new CheckParser(folder).parse(keys.get("check")) : null;
        final SorryServer sorry = keys.containsKey("sorry") ? sorry(keys.get("sorry"), service) : null;
        final RemovalPolicy onRemoval =
                keys.containsKey("on-removal") ? keys.get("on-removal").choice(RemovalPolicy.class) : null;
        if (check == null) {
            if (sorry == null && onRemoval == null) {
                throw element.error("health: a rule without check, sorry and on-removal does nothing; add check: { tcp: {} } or remove it");
            }
            for (final String key : ONLY_WITH_CHECK) {
                final boolean ofSorry = sorry != null && (key.equals("on-down") || key.equals("quorum"));
                if (keys.containsKey(key) && !ofSorry) {
                    throw keys.get(key).keyError("health." + key + " does nothing without a check; add check: { tcp: {} } or remove it");
                }
            }
        }
        final Yaml port = keys.get("port");
        if (port != null && check instanceof PingCheck) {
            throw port.keyError("health.port does nothing for a ping, which has no ports; remove it");
        }
        final Duration interval = time(keys.get("interval"), DEFAULT_INTERVAL);
        final Duration timeout = time(keys.get("timeout"), DEFAULT_TIMEOUT.compareTo(interval) < 0 ? DEFAULT_TIMEOUT : interval);
        if (timeout.compareTo(interval) > 0) {
            throw keys.get("timeout").error("health.timeout=" + Names.of(timeout) + " is longer than the interval of "
                    + Names.of(interval) + ", in which the next check begins; make it no longer");
        }
        return new HealthRule(
                service,
                check,
                port == null ? 0 : port.integer(1, MAX_PORT),
                interval,
                timeout,
                keys.containsKey("rise") ? keys.get("rise").integer(1, MAX_IN_ROW) : DEFAULT_RISE,
                keys.containsKey("fall") ? keys.get("fall").integer(1, MAX_IN_ROW) : DEFAULT_FALL,
                keys.containsKey("jitter") ? jitter(keys.get("jitter")) : DEFAULT_JITTER,
                keys.containsKey("initial") ? keys.get("initial").choice(Initial.class) : Initial.UP,
                keys.containsKey("on-down")
                        ? word(keys.get("on-down"), List.of("weight-zero", "remove"), List.of(OnDown.WEIGHT_ZERO, OnDown.REMOVE))
                        : OnDown.WEIGHT_ZERO,
                onRemoval,
                keys.containsKey("quorum") ? keys.get("quorum").integer(1, MAX_QUORUM) : 1,
                sorry);
    }

    private static ServiceKey service(final Yaml value) {
        final String text = value.text();
        return "all".equals(text) ? null : value.literal(HealthParser::serviceKey);
    }

    private static ServiceKey serviceKey(final String text) {
        final Matcher mark = BY_MARK.matcher(text);
        if (mark.matches()) {
            final long number = Long.parseLong(mark.group(2));
            if (number > 0 && number <= 0xFFFF_FFFFL) {
                return ServiceKey.ofMark("mark".equals(mark.group(1)) ? IpAddress.V4 : IpAddress.V6, (int) number);
            }
        }
        final Matcher address = BY_ADDRESS.matcher(text);
        if (address.matches() && PROTOCOLS.containsKey(address.group(1)) && Integer.parseInt(address.group(3)) <= MAX_PORT) {
            return ServiceKey.of(PROTOCOLS.get(address.group(1)), host(address.group(2)), Integer.parseInt(address.group(3)));
        }
        throw new IllegalArgumentException("'" + text + "' is not a service; write one such as 'tcp 192.0.2.1:80',"
                + " 'udp [2001:db8::1]:53', 'mark 5', 'mark6 5', or all");
    }

    /** An address as it is in front of a port. */
    private static IpAddress host(final String text) {
        final boolean bracketed = text.startsWith("[") && text.endsWith("]");
        final IpAddress address = Literals.address(bracketed ? text.substring(1, text.length() - 1) : text);
        if (bracketed != (address.family() == IpAddress.V6)) {
            throw new IllegalArgumentException("'" + text + "' in front of a port: IPv6 addresses have brackets, IPv4 ones have none");
        }
        return address;
    }

    private static SorryServer sorry(final Yaml value, final ServiceKey service) {
        final Map<String, Yaml> keys = value.mapping(List.of("server", "method"));
        final Yaml server = required(value, keys, "server");
        final SorryServer address = server.literal(HealthParser::addressAndPort);
        final Forwarding method = keys.containsKey("method")
                ? word(keys.get("method"), List.of("nat", "dr", "tunnel", "fullnat"),
                        List.of(Forwarding.MASQUERADE, Forwarding.ROUTE, Forwarding.TUNNEL, Forwarding.FULL))
                : Forwarding.MASQUERADE;
        if (service != null && method != Forwarding.TUNNEL && address.address().family() != service.family()) {
            throw server.error("health.sorry.server=" + server.text() + " is not of the family of " + Names.of(service)
                    + ", which only method=tunnel can bridge; name another server");
        }
        final boolean translated = method == Forwarding.MASQUERADE || method == Forwarding.FULL;
        if (service != null && !service.isMark() && !translated && address.port() != 0 && address.port() != service.port()) {
            throw server.error("health.sorry.server=" + server.text() + " has another port than " + Names.of(service)
                    + ", which only method=nat and fullnat can change; leave the port out");
        }
        return new SorryServer(address.address(), address.port(), method);
    }

    private static SorryServer addressAndPort(final String text) {
        final Matcher matcher = ADDRESS_AND_PORT.matcher(text);
        if (!matcher.matches()) {
            final boolean bracketed = text.startsWith("[") && text.endsWith("]");
            return new SorryServer(Literals.address(bracketed ? text.substring(1, text.length() - 1) : text), 0, null);
        }
        final int port = Integer.parseInt(matcher.group(2));
        if (port == 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("'" + text + "' has a bad port; write one from 1 to " + MAX_PORT);
        }
        return new SorryServer(host(matcher.group(1)), port, null);
    }

    private static Duration time(final Yaml value, final Duration otherwise) {
        return value == null ? otherwise : value.literal(HealthParser::time);
    }

    private static Duration time(final String text) {
        final Matcher matcher = TIME.matcher(text);
        if (matcher.matches()) {
            final long number = Long.parseLong(matcher.group(1));
            final Duration time = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (time.compareTo(SHORTEST) >= 0 && time.compareTo(LONGEST) <= 0) {
                return time;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is not a time from 10ms to 24h; write one with its unit, such as 2s or 500ms");
    }

    private static int jitter(final Yaml value) {
        return value.literal(text -> {
            final Matcher matcher = SHARE.matcher(text);
            if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > PERCENT) {
                throw new IllegalArgumentException("'" + text + "' is not a share of the interval; write one from 0% to 100%");
            }
            return Integer.parseInt(matcher.group(1));
        });
    }

    /** One of these words, for what is in the same place of the other list. */
    static <T> T word(final Yaml value, final List<String> words, final List<T> meanings) {
        final int index = words.indexOf(value.text());
        if (index < 0) {
            throw value.error(value.name() + "='" + value.text() + "' is not known: the nearest known value is '"
                    + NearestWord.of(value.text(), words) + "'; supported: " + String.join(", ", words));
        }
        return meanings.get(index);
    }

    static Yaml required(final Yaml in, final Map<String, Yaml> keys, final String key) {
        final Yaml value = keys.get(key);
        if (value == null) {
            throw in.error(in.name() + ": the key '" + key + "' is missing; add it");
        }
        return value;
    }
}
