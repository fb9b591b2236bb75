package io.penstock.dataplane.control;

import io.penstock.conntrack.text.ConntrackCommand;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.health.HealthStatus.Role;
import io.penstock.dataplane.ipvs.health.Names;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The commands that speak of the health of servers, of which ipvsadm knows nothing:
 * <pre>
 * services                   what is known of each service and server
 * drain SERVICE SERVER       lets a server take no new connections, and waits for those that it has
 * undrain SERVICE SERVER     takes it back
 * </pre>
 *
 * <p>Invariant: an answer is complete before any of it is printed: who reads slowly holds up nobody.
 *
 * <p>Threads: any.
 */
final class HealthCommands {

    /** Their names. */
    static final String SERVICES = "services";
    /** See {@link #SERVICES}. */
    static final String DRAIN = "drain";
    /** See {@link #SERVICES}. */
    static final String UNDRAIN = "undrain";

    private static final String NAMES = """

            SERVICE is such as tcp:192.0.2.1:80, udp:[2001:db8::1]:53, sctp:192.0.2.1:80, mark:5 or
            mark6:5. SERVER is such as 10.0.0.2:80 or [2001:db8::2]:80; without a port it has the
            service's.
            """;
    private static final String DRAIN_HELP = """
            Usage: penstock drain [-h] SERVICE SERVER [--deadline TIME] [--remove] [--wait]
            Let a server of a virtual service take no new connections, and wait for those that it
            has. When there are none left, or the time is over, what is left ends as the service's
            policy says (health: on-removal).
            """ + NAMES + """

                  --deadline TIME  how long it is waited for at most, such as 30s, 5m or 1h; 5m;
                                   365 days at the longest
                  --remove         remove the server then; it stays with weight 0 otherwise
                  --wait           end when it is over, not when it has begun; 1 when the server
                                   was undrained, or the data plane has ended
              -h, --help           Show this help.
            """;
    private static final String UNDRAIN_HELP = """
            Usage: penstock undrain [-h] SERVICE SERVER
            Let a server take connections again that is being drained, or has been and stays.
            """ + NAMES + """

              -h, --help  Show this help.
            """;
    private static final String SERVICES_HELP = """
            Usage: penstock services [-h] [--brief] [--json]
            Show the virtual services and the health of their servers.

              --brief     services alone
              --json      one JSON object, in one line
              -h, --help  Show this help.
            """;
    private static final String EXIT_CODES = """

            Exit codes:
              0   done
              1   failed
              2   usage
              3   no data plane runs in this network namespace
            """;

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    /** Nobody waits longer, and clocks in ns can have it added. */
    private static final Duration LONGEST_DEADLINE = Duration.ofDays(365);
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m|h)");

    /** Between two looks at a server that is waited for. Unit: ns. */
    private static final long LOOK_NS = 100_000_000;

    private final ServerCare care;

    /** Commands over services and those who look after them. */
    HealthCommands(final ServerCare care) {
        this.care = care;
    }

    private static final class UsageException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private UsageException(final String message) {
            super(message);
        }
    }

    /**
     * Runs one.
     *
     * @param ending how a command that waits learns that nobody waits for it any more
     */
    int run(final String tool, final List<String> words, final PrintStream out, final PrintStream err, final ConntrackCommand.Ending ending) {
        if (words.contains("-h") || words.contains("--help")) {
            out.print((tool.equals(DRAIN) ? DRAIN_HELP : tool.equals(UNDRAIN) ? UNDRAIN_HELP : SERVICES_HELP) + EXIT_CODES);
            return DONE;
        }
        try {
            switch (tool) {
                case DRAIN -> drain(words, ending);
                case UNDRAIN -> undrain(words);
                default -> out.print(services(words));
            }
            return DONE;
        } catch (final UsageException | IllegalArgumentException e) {
            err.print("penstock: " + tool + ": " + e.getMessage() + "; see 'penstock " + tool + " --help'\n");
            return USAGE;
        } catch (final ServiceProblem e) {
            err.print("penstock: " + tool + ": " + (e.getMessage() == null ? e.kind().name() : e.getMessage()) + '\n');
            return FAILED;
        }
    }

    private String services(final List<String> words) {
        for (final String word : words) {
            if (!word.equals("--brief") && !word.equals("--json")) {
                throw new UsageException("'" + word + "' is unknown");
            }
        }
        final ServiceReport report = ServiceReport.of(care.store().services(), care.status(), care.missing(), words.contains("--brief"));
        return words.contains("--json") ? report.json() + '\n' : report.text();
    }

    private void drain(final List<String> words, final ConntrackCommand.Ending ending) throws ServiceProblem {
        final List<String> names = new ArrayList<>();
        Duration deadline = DEADLINE;
        boolean remove = false;
        boolean wait = false;
        for (int i = 0; i < words.size(); i++) {
            final String word = words.get(i);
            if (word.equals("--remove")) {
                remove = true;
            } else if (word.equals("--wait")) {
                wait = true;
            } else if (word.equals("--deadline")) {
                i++;
                deadline = time(i < words.size() ? words.get(i) : "");
            } else if (word.startsWith("--deadline=")) {
                deadline = time(word.substring("--deadline=".length()));
            } else {
                names.add(word);
            }
        }
        final ServiceKey service = service(names);
        final ServerKey server = ServiceNames.server(names.get(1), service);
        care.drain(service, server, deadline, remove);
        if (wait) {
            await(service, server, ending);
        }
    }

    /** Returns when it is drained. */
    private void await(final ServiceKey service, final ServerKey server, final ConntrackCommand.Ending ending) throws ServiceProblem {
        final AtomicBoolean ended = new AtomicBoolean();
        final Thread waiting = Thread.currentThread();
        // It is not interrupted when the server is drained first: that would close the client's connection, which ends it soon.
        Thread.ofVirtual().name("drain-end").start(() -> {
            try {
                ending.await();
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            ended.set(true);
            LockSupport.unpark(waiting);
        });
        Optional<Role> role = role(service, server);
        while (role.isPresent() && role.get() == Role.DRAINING && !ended.get()) {
            LockSupport.parkNanos(LOOK_NS);
            role = role(service, server);
        }
        final String name = "server " + Names.of(server) + " of " + Names.of(service);
        if (!care.isLooking()) {
            throw new ServiceProblem(ServiceProblem.Kind.GONE, "the data plane has ended before " + name + " was drained");
        }
        if (role.isPresent() && role.get() == Role.SERVER) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, name + " was undrained");
        }
        if (role.isPresent() && role.get() == Role.DRAINING) {
            throw new ServiceProblem(ServiceProblem.Kind.INVALID, name + " is drained all the same: nobody waits for it any more");
        }
    }

    private Optional<Role> role(final ServiceKey service, final ServerKey server) {
        return care.status().stream().filter(s -> s.service().equals(service) && s.server().equals(server)).map(HealthStatus::role).findFirst();
    }

    private void undrain(final List<String> words) throws ServiceProblem {
        final ServiceKey service = service(words);
        care.undrain(service, ServiceNames.server(words.get(1), service));
    }

    private static ServiceKey service(final List<String> names) {
        for (final String name : names) {
            if (name.startsWith("-")) {
                throw new UsageException("'" + name + "' is unknown");
            }
        }
        if (names.size() != 2) {
            throw new UsageException("a service and a server are needed, and nothing else: words=" + names.size());
        }
        return ServiceNames.service(names.getFirst());
    }

    private static Duration time(final String text) {
        final Matcher match = TIME.matcher(text);
        if (!match.matches()) {
            throw new UsageException("--deadline='" + text + "' is no time; write one such as 30s, 5m or 1h");
        }
        final long number = Long.parseLong(match.group(1));
        final Duration time = switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(number);
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
        if (time.compareTo(LONGEST_DEADLINE) > 0) {
            throw new UsageException("--deadline='" + text + "' is longer than 365 days; write a shorter time");
        }
        return time;
    }
}
