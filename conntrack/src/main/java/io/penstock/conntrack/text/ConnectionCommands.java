package io.penstock.conntrack.text;

import io.penstock.conntrack.model.Connection;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionFilter;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.ConnectionStatistics;
import io.penstock.conntrack.model.ConnectionStore;
import io.penstock.conntrack.model.ConnectionTable;
import io.penstock.conntrack.model.LabelChange;
import io.penstock.os.sys.Errno;
import java.time.Clock;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/** What commands do with connections. */
final class ConnectionCommands {

    private static final String XML_BEGIN = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<conntrack>\n";
    private static final String XML_END = "</conntrack>\n";

    private final Run run;
    private final Console console;
    private final ConnectionStore store;
    private final Clock clock;

    ConnectionCommands(final Run run, final ConnectionStore store, final Clock clock) {
        this.run = run;
        this.console = run.console();
        this.store = store;
        this.clock = clock;
    }

    /** The format that {@code -o} asks for. */
    ConnectionText text(final int without) {
        return new ConnectionText(run.output & ~without, run.labels(), clock);
    }

    /** How a listing begins and ends. */
    final class Listing {

        private boolean isBegun;

        void line(final String text) {
            if ((run.output & Parameters.XML) != 0 && !isBegun) {
                console.print(XML_BEGIN);
                isBegun = true;
            }
            console.print(text + "\n");
        }

        void end() {
            console.print(isBegun ? XML_END : "");
        }
    }

    /** Checks masks that need an address. */
    void checkMasks(final Command command) {
        if (command.has(GeneralOption.MASK_SOURCE) && !command.has(GeneralOption.SOURCE)) {
            throw console.wrong("Can't use --mask-src without --src");
        }
        if (command.has(GeneralOption.MASK_DESTINATION) && !command.has(GeneralOption.DESTINATION)) {
            throw console.wrong("Can't use --mask-dst without --dst");
        }
    }

    /** What the store itself filters by: the family, the mark, and when listing the status. */
    private static ConnectionFilter filter(final Command command, final boolean byStatus) {
        final Template template = command.template();
        final boolean hasMark = command.has(GeneralOption.MARK);
        return new ConnectionFilter(command.family(), hasMark ? template.mark : 0, hasMark ? template.markMask : 0,
                byStatus ? template.status : 0,
                byStatus && template.says(Field.STATUS) ? (Integer) template.statusMask : null);
    }

    int list(final Command command) throws ConnectionException {
        final boolean isMain = command.table() == ConnectionTable.CONNTRACK;
        if (isMain && command.has(GeneralOption.ZERO) && ConnectionMatch.isComparing(command)) {
            throw console.wrong("Can't use -z with filtering parameters");
        }
        if (isMain) {
            checkMasks(command);
        }
        final ConnectionMatch match = new ConnectionMatch(command);
        final ConnectionText text = text(0);
        final Listing listing = new Listing();
        final int[] count = new int[1];
        store.list(command.table(), isMain ? filter(command, true) : ConnectionFilter.ALL, isMain && command.has(GeneralOption.ZERO),
                connection -> {
                    if (match.matches(connection)) {
                        listing.line(text.line(connection));
                        count[0]++;
                    }
                });
        if (isMain) {
            listing.end();
        }
        return count[0];
    }

    int get(final Command command) throws ConnectionException {
        final Template template = command.template();
        if (!template.says(Field.FAMILY)) {
            throw new ConnectionException(Errno.EINVAL);
        }
        if (template.saysReply() && !template.says(Field.REPLY_FAMILY)) {
            // The request cannot be put together, for which there is no error number.
            throw new ConnectionException(0);
        }
        final Connection connection = store.get(template.request(false, null, null));
        if (!new ConnectionMatch(command).matches(connection)) {
            return 0;
        }
        new Listing().line(text(0).line(connection));
        return 1;
    }

    int create(final Command command) throws ConnectionException {
        final Template template = command.template();
        final boolean saysOriginal = command.has(GeneralOption.SOURCE) || command.has(GeneralOption.DESTINATION);
        final boolean saysReply = command.has(GeneralOption.REPLY_SOURCE) || command.has(GeneralOption.REPLY_DESTINATION);
        if (saysOriginal && !saysReply) {
            template.reply.answer(template.original);
            template.said.add(Field.REPLY_FAMILY);
        } else if (!saysOriginal && saysReply) {
            template.original.answer(template.reply);
            template.said.add(Field.FAMILY);
        }
        final BitSet labels = command.has(GeneralOption.LABEL_ADD) ? template.labelChange : null;
        final LabelChange change = labels == null ? null : new LabelChange(labels, null, words(labels));
        try {
            store.create(template.request(command.isTcp(), command.has(GeneralOption.MARK) ? (Integer) template.mark : null, change));
        } catch (final ConnectionException refusal) {
            // What is there need not be added.
            if (refusal.errno() == Errno.EEXIST && command.kind() == CommandKind.ADD) {
                return 0;
            }
            throw refusal;
        }
        return 1;
    }

    private static int words(final BitSet labels) {
        return (labels.length() + Integer.SIZE - 1) / Integer.SIZE;
    }

    int update(final Command command) throws ConnectionException {
        checkMasks(command);
        final ConnectionMatch match = new ConnectionMatch(command);
        final ConnectionText text = text(Parameters.KERNEL_TIMESTAMP);
        final int[] count = new int[1];
        store.list(ConnectionTable.CONNTRACK, new ConnectionFilter(command.family(), 0, 0, 0, null), false, connection -> {
            if (match.matchesForUpdate(connection) && update(command, match, connection, text)) {
                count[0]++;
            }
        });
        return count[0];
    }

    private boolean update(final Command command, final ConnectionMatch match, final Connection old, final ConnectionText text) {
        final Template template = command.template();
        final int was = old.mark() == null ? 0 : old.mark();
        final Integer mark = command.has(GeneralOption.MARK) ? (Integer) (was & ~template.markMask ^ template.mark) : null;
        final Integer status = command.has(GeneralOption.STATUS) ? (Integer) (old.status() | template.status) : null;
        final LabelChange labels = labels(command, old);
        final boolean isSame = (mark == null || mark == was)
                && (status == null || status == old.status())
                && (!template.says(Field.TIMEOUT) || old.timeoutSeconds() != null && old.timeoutSeconds() == template.timeoutSeconds)
                && match.matchesState(old)
                && (labels == null || labels.mask() == null && old.labels() != null && labels.values().equals(old.labels()));
        if (isSame) {
            return false;
        }
        final boolean hasState = template.says(Field.STATE) && template.stateOf.number() == old.original().protocol();
        final ConnectionRequest request = new ConnectionRequest(old.original(), null, null, null, null, status,
                template.says(Field.TIMEOUT) ? (Long) template.timeoutSeconds : null, mark, hasState ? (Integer) template.state : null,
                template.tcpFlags(command.isTcp()), template.says(Field.ORIGINAL_TAG) ? (Integer) template.originalTag : null,
                template.says(Field.REPLY_TAG) ? (Integer) template.replyTag : null, template.sourceChoice(),
                template.destinationChoice(), labels, 0);
        try {
            store.update(request);
        } catch (final ConnectionException refusal) {
            console.warn("Operation failed: " + Refusals.reason(CommandKind.UPDATE, refusal.errno()) + "\n");
        }
        try {
            console.print(text.line(store.get(request)) + "\n");
            return true;
        } catch (final ConnectionException refusal) {
            if (refusal.errno() == Errno.ENOENT) {
                return false;
            }
            throw Refusals.failure(console, CommandKind.UPDATE, refusal);
        }
    }

    /** What is sent of labels: all words that a connection has, so that none is cleared by being left out. */
    private static LabelChange labels(final Command command, final Connection old) {
        final BitSet asked = command.template().labelChange;
        final BitSet now = old.labels();
        if (command.has(GeneralOption.LABEL_ADD)) {
            final BitSet kept = now == null ? asked : asked.get(0, old.labelWords() * Integer.SIZE);
            return new LabelChange(kept, now == null ? null : kept, now == null ? words(asked) : old.labelWords());
        }
        if (!command.has(GeneralOption.LABEL_DELETE) || now == null) {
            return null;
        }
        if (asked == null) {
            return new LabelChange(new BitSet(), null, 1);
        }
        now.andNot(asked);
        return new LabelChange(now, null, old.labelWords());
    }

    int delete(final Command command) throws ConnectionException {
        checkMasks(command);
        final ConnectionMatch match = new ConnectionMatch(command);
        final ConnectionText text = text(Parameters.KERNEL_TIMESTAMP).withoutLabels();
        final int[] count = new int[1];
        store.list(ConnectionTable.CONNTRACK, filter(command, false), false, connection -> {
            if (match.matches(connection) && delete(connection)) {
                final boolean isSaved = (run.output & Parameters.SAVE) != 0;
                console.print((isSaved ? SaveText.line(connection, "-D") : text.line(connection)) + "\n");
                count[0]++;
            }
        });
        return count[0];
    }

    /** Whether it was still there. */
    private boolean delete(final Connection connection) {
        try {
            store.delete(ConnectionRequest.of(connection));
            return true;
        } catch (final ConnectionException refusal) {
            if (refusal.errno() == Errno.ENOENT) {
                return false;
            }
            throw Refusals.failure(console, CommandKind.DELETE, refusal);
        }
    }

    void flush() throws ConnectionException {
        try {
            store.flush();
        } finally {
            console.tell("connection tracking table has been emptied.");
        }
    }

    void count() throws ConnectionException {
        console.print(store.count() + "\n");
    }

    void statistics() throws ConnectionException {
        final List<ConnectionStatistics> all = store.statistics();
        for (final ConnectionStatistics cpu : all) {
            console.print(String.format(Locale.ROOT, "cpu=%-4d\tfound=%d invalid=%d insert=%d insert_failed=%d drop=%d early_drop=%d "
                    + "error=%d search_restart=%d clash_resolve=%d chaintoolong=%d \n", cpu.cpu(), counter(cpu.found()),
                    counter(cpu.invalid()), counter(cpu.insert()), counter(cpu.insertFailed()), counter(cpu.drop()),
                    counter(cpu.earlyDrop()), counter(cpu.error()), counter(cpu.searchRestart()), counter(cpu.clashResolve()),
                    counter(cpu.chainTooLong())));
        }
    }

    /** Counters are told as 32 bits. */
    static long counter(final long value) {
        return value & 0xFFFF_FFFFL;
    }
}
