package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionEvent;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionStore;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Commands that tell what happens until somebody ends them. */
final class EventCommands {

    private static final int NS_PER_MICROSECOND = 1000;
    /** The least that a socket's buffer can be; the kernel doubles what is asked for. */
    private static final long LEAST_BUFFER_BYTES = 2304;
    private static final int BUFFER_FACTOR = 2;
    private static final String OVERRUN = "WARNING: We have hit ENOBUFS! We are losing events.\nThis message means that the current netlink "
            + "socket buffer size is too small.\nPlease, check --buffer-size in conntrack(8) manpage.\n";

    private final Run run;
    private final Console console;
    private final ConnectionStore store;
    private final Clock clock;
    private final ConntrackCommand.Ending ending;
    private final AtomicInteger count = new AtomicInteger();

    EventCommands(final Run run, final ConnectionStore store, final Clock clock, final ConntrackCommand.Ending ending) {
        this.run = run;
        this.console = run.console();
        this.store = store;
        this.clock = clock;
        this.ending = ending;
    }

    void connections(final Command command) throws ConnectionException {
        final ConnectionCommands commands = new ConnectionCommands(run, store, clock);
        if (command.has(GeneralOption.BUFFER_SIZE)) {
            final long asked = Math.min((int) command.bufferBytes(), Integer.MAX_VALUE / BUFFER_FACTOR);
            console.warn("NOTICE: Netlink socket buffer size has been set to "
                    + Math.max(asked * BUFFER_FACTOR, LEAST_BUFFER_BYTES) + " bytes.\n");
        }
        commands.checkMasks(command);
        final ConnectionMatch match = new ConnectionMatch(command);
        final ConnectionText text = commands.text(0);
        final ConnectionCommands.Listing listing = commands.new Listing();
        final Set<ConnectionChange> changes = command.has(GeneralOption.EVENT_MASK) ? changes(command.events())
                : EnumSet.allOf(ConnectionChange.class);
        try (ConnectionStore.Subscription _ = store.subscribe(changes, event -> {
            final int family = event.connection().original().family();
            if ((command.family() == 0 || command.family() == family) && match.matches(event.connection())) {
                listing.line(line(event, text));
                console.flush();
                count.incrementAndGet();
            }
        }, () -> console.warn(OVERRUN))) {
            await();
        }
        listing.end();
        console.flush();
        console.tell(count.get() + " flow events have been shown.");
    }

    private static Set<ConnectionChange> changes(final int bits) {
        final Set<ConnectionChange> changes = EnumSet.noneOf(ConnectionChange.class);
        if ((bits & Parameters.NEW) != 0) {
            changes.add(ConnectionChange.NEW);
        }
        if ((bits & Parameters.UPDATES) != 0) {
            changes.add(ConnectionChange.UPDATE);
        }
        if ((bits & Parameters.DESTROY) != 0) {
            changes.add(ConnectionChange.DESTROY);
        }
        return changes;
    }

    private String line(final ConnectionEvent event, final ConnectionText text) {
        final StringBuilder line = new StringBuilder();
        if ((run.output & Parameters.TIMESTAMP) != 0 && (run.output & Parameters.XML) == 0) {
            final Instant now = clock.instant();
            line.append(String.format(Locale.ROOT, "[%08d.%06d]\t", now.getEpochSecond(), now.getNano() / NS_PER_MICROSECOND));
        }
        line.append(text.line(event.connection(), event.change()));
        if (event.portId() != 0) {
            line.append(" [USERSPACE] portid=").append(Integer.toUnsignedString(event.portId()))
                    .append(event.program() == null ? "" : " progname=" + event.program());
        }
        return line.toString();
    }

    void expectations() throws ConnectionException {
        final ExpectationCommands commands = new ExpectationCommands(run, store, clock);
        try (ConnectionStore.Subscription _ = store.subscribeExpectations(EnumSet.allOf(ConnectionChange.class), event -> {
            commands.line(event.expectation(), event.change());
            console.flush();
            count.incrementAndGet();
        })) {
            await();
        }
        commands.end();
        console.flush();
        console.tell(count.get() + " expectation events have been shown.");
    }

    private void await() {
        try {
            ending.await();
        } catch (final InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
