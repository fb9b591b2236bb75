package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.ConnectionChange;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.model.Expectation;
import io.penstock.conntrack.model.ExpectationStatistics;
import io.penstock.os.sys.Errno;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;

/** What commands do with expectations. */
final class ExpectationCommands {

    private static final String XML_BEGIN = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<expect>\n";
    private static final String XML_END = "</expect>\n";
    private static final int NS_PER_MICROSECOND = 1000;

    private final Run run;
    private final Console console;
    private final ConnectionStore store;
    private final Clock clock;
    private boolean isBegun;

    ExpectationCommands(final Run run, final ConnectionStore store, final Clock clock) {
        this.run = run;
        this.console = run.console();
        this.store = store;
        this.clock = clock;
    }

    /** Writes one, after the beginning if it is the first. */
    void line(final Expectation expectation, final ConnectionChange change) {
        final boolean isXml = (run.output & Parameters.XML) != 0;
        if (isXml && !isBegun) {
            console.print(XML_BEGIN);
            isBegun = true;
        }
        if (!isXml && (run.output & Parameters.TIMESTAMP) != 0) {
            final Instant now = clock.instant();
            console.print(String.format(Locale.ROOT, "[%-8d.%-6d]\t", now.getEpochSecond(), now.getNano() / NS_PER_MICROSECOND));
        }
        console.print((isXml ? ExpectationText.xml(expectation, change, new ConnectionText(run.output, null, clock).whenXml())
                : ExpectationText.line(expectation, change)) + "\n");
    }

    /** Writes the end if there was a beginning. */
    void end() {
        console.print(isBegun ? XML_END : "");
    }

    int list(final Command command) throws ConnectionException {
        final int[] count = new int[1];
        store.listExpectations(command.family(), expectation -> {
            line(expectation, null);
            count[0]++;
        });
        end();
        return count[0];
    }

    void count(final Command command) throws ConnectionException {
        final int[] count = new int[1];
        store.listExpectations(command.family(), expectation -> count[0]++);
        console.print(count[0] + "\n");
    }

    void get(final Command command) throws ConnectionException {
        line(store.getExpectation(tuple(command)), null);
    }

    private static ConnTuple tuple(final Command command) throws ConnectionException {
        final ConnTuple tuple = command.template().original.tuple();
        if (tuple == null) {
            throw new ConnectionException(Errno.EINVAL);
        }
        return tuple;
    }

    void create(final Command command) throws ConnectionException {
        final Template template = command.template();
        template.tuple.protocol = command.protocolNumber();
        template.mask.protocol = command.protocolNumber();
        store.createExpectation(new Expectation(template.tuple.tuple(), template.mask.tuple(), tuple(command), null,
                template.timeoutSeconds, 0, null, null));
    }

    void delete(final Command command) throws ConnectionException {
        store.deleteExpectation(tuple(command));
    }

    void flush() throws ConnectionException {
        try {
            store.flushExpectations();
        } finally {
            console.tell("expectation table has been emptied.");
        }
    }

    void statistics() throws ConnectionException {
        for (final ExpectationStatistics cpu : store.expectationStatistics()) {
            console.print(String.format(Locale.ROOT, "cpu=%-4d\texpect_new=%d expect_create=%d expect_delete=%d \n", cpu.cpu(),
                    ConnectionCommands.counter(cpu.met()), ConnectionCommands.counter(cpu.created()),
                    ConnectionCommands.counter(cpu.deleted())));
        }
    }
}
