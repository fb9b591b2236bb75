package io.penstock.conntrack.store;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnEvents;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.ConnSwitches;
import io.penstock.conntrack.hot.ConnTemplate;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.TableCounter;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.conntrack.hot.track.SctpState;
import io.penstock.conntrack.hot.track.SctpTracker;
import io.penstock.conntrack.hot.track.TcpRecord;
import io.penstock.conntrack.hot.track.TcpState;
import io.penstock.conntrack.model.ConnTuple;
import io.penstock.conntrack.model.ConnectionException;
import io.penstock.conntrack.model.ConnectionRequest;
import io.penstock.conntrack.model.ConnectionRules;
import io.penstock.conntrack.model.LabelChange;
import io.penstock.conntrack.model.NatChoice;
import io.penstock.os.sys.Errno;
import java.util.BitSet;

/**
 * Makes and changes entries as commands ask for it. A refused request changes nothing.
 *
 * <p>Source: ctnetlink_create_conntrack, ctnetlink_change_conntrack, nf_conntrack_hash_check_insert (behaviour). Threads: the worker's whose hand
 * is given, between batches.
 */
final class EntryWriter {

    /** What the kernel says that a command may have changed. */
    static final int CHANGED_EVENTS = ConnEvents.REPLY | ConnEvents.ASSURED | ConnEvents.HELPER | ConnEvents.PROTOINFO | ConnEvents.SEQADJ
            | ConnEvents.MARK | ConnEvents.LABEL | ConnEvents.SYNPROXY;
    /** The same of a new one. */
    static final int MADE_EVENTS = CHANGED_EVENTS & ~ConnEvents.SEQADJ | ConnEvents.NEW;

    /** How often a place or an entry that another worker holds is tried again: it lets go within a packet's time, some 100 ns. */
    private static final int TRIES = 100_000;
    /** Ports that are tried where a tuple is taken: each is a look-up, and packets wait meanwhile. */
    private static final int PORT_TRIES = 1024;
    private static final int FIRST_PORT = 1024;
    private static final int LABEL_HALVES = ConnLayout.LABELS_BYTES / Long.BYTES;

    private EntryWriter() {
    }

    /**
     * Makes a connection; gives its entry.
     *
     * @throws ConnectionException EEXIST, EINVAL, EBUSY, ENOMEM, ENOSPC, EAGAIN
     */
    static long make(final TableWorker worker, final ConnectionRequest request, final ConnSwitches switches, final boolean isListening)
            throws ConnectionException {
        if (TupleFinder.find(worker, request) != 0) {
            throw new ConnectionException(Errno.EEXIST);
        }
        ConnectionRules.checkNew(request);
        checkState(request, request.original().protocol());
        final int status = request.status() == null ? 0
                : ConnectionRules.changedStatus(ConnStatus.CONFIRMED, request.status()) & ~ConnStatus.CONFIRMED;
        final long entry = worker.allocate(TupleFinder.hash(worker, request.original(), request.zoneOfOriginal()));
        if (entry == 0) {
            throw new ConnectionException(Errno.ENOMEM);
        }
        ConnLayout.setProtocol(entry, request.original().protocol());
        TupleFinder.set(entry, ConnDirection.ORIGINAL, request.original());
        TupleFinder.set(entry, ConnDirection.REPLY, request.reply());
        ConnLayout.setZone(entry, ConnDirection.ORIGINAL, request.zoneOfOriginal());
        ConnLayout.setZone(entry, ConnDirection.REPLY, request.zoneOfReply());
        ConnLayout.setFlags(entry, switches.flags());
        ConnLayout.setEvents(entry, switches.eventsOfNew(isListening, ConnTemplate.ALL_EVENTS));
        Deadline.setLength(entry, lengthNs(request));
        rewrite(worker, entry, request);
        if (status != 0) {
            ConnLayout.setStatus(entry, status);
        }
        setState(entry, request);
        if (request.mark() != null) {
            ConnLayout.setMark(entry, request.mark());
        }
        if (request.labels() != null && EntryReader.hasFlag(entry, ConnLayout.FLAG_LABELS)) {
            setLabels(entry, request.labels());
        }
        confirm(worker, entry);
        worker.count(TableCounter.INSERT);
        return entry;
    }

    private static void confirm(final TableWorker worker, final long entry) throws ConnectionException {
        int result = worker.confirm(entry);
        for (int i = 0; i < TRIES && result == ConfirmResult.BUSY; i++) {
            Thread.onSpinWait();
            result = worker.confirm(entry);
        }
        if (result == ConfirmResult.CONFIRMED) {
            return;
        }
        worker.free(entry);
        if (result == ConfirmResult.CLASH) {
            worker.count(TableCounter.INSERT_FAILED);
        }
        throw new ConnectionException(
                result == ConfirmResult.CLASH ? Errno.EEXIST : result == ConfirmResult.BUSY ? Errno.EAGAIN : Errno.ENOSPC);
    }

    /** The destination first, as the kernel. What is not asked for is settled as it is. */
    private static void rewrite(final TableWorker worker, final long entry, final ConnectionRequest request) {
        if (request.source() == null && request.destination() == null) {
            return;
        }
        int status = ConnStatus.NAT_DONE_MASK;
        ConnTuple reply = request.reply();
        final NatChoice to = request.destination();
        if (to != null) {
            final ConnTuple wanted = reply.withSource(to.hasAddress() ? to.high() : reply.sourceHigh(),
                    to.hasAddress() ? to.low() : reply.sourceLow(), to.port() < 0 ? reply.sourceKey() : to.port());
            final ConnTuple free = choose(worker, entry, wanted, to.port() < 0, true);
            status |= free.equals(reply) ? 0 : ConnStatus.DST_NAT;
            reply = free;
        }
        final NatChoice from = request.source();
        if (from != null) {
            final ConnTuple wanted = reply.withDestination(from.hasAddress() ? from.high() : reply.destinationHigh(),
                    from.hasAddress() ? from.low() : reply.destinationLow(), from.port() < 0 ? reply.destinationKey() : from.port());
            final ConnTuple free = choose(worker, entry, wanted, from.port() < 0, false);
            status |= free.equals(reply) ? 0 : ConnStatus.SRC_NAT;
        }
        ConnLayout.setStatus(entry, status);
    }

    /** Sets the reply tuple that is wanted, or if it is taken and its port may be chosen, one with another port. */
    private static ConnTuple choose(
            final TableWorker worker, final long entry, final ConnTuple wanted, final boolean mayChoose, final boolean isSource) {
        ConnTuple tuple = wanted;
        TupleFinder.set(entry, ConnDirection.REPLY, tuple);
        for (int i = 0; i < PORT_TRIES && mayChoose && wanted.hasKeys() && worker.takenBy(entry) != 0; i++) {
            tuple = isSource ? wanted.withSource(wanted.sourceHigh(), wanted.sourceLow(), FIRST_PORT + i)
                    : wanted.withDestination(wanted.destinationHigh(), wanted.destinationLow(), FIRST_PORT + i);
            TupleFinder.set(entry, ConnDirection.REPLY, tuple);
        }
        return tuple;
    }

    /**
     * Changes a connection that is in the table.
     *
     * @throws ConnectionException EINVAL, EBUSY, EPERM, EOPNOTSUPP, ENOSPC, EAGAIN
     */
    static void change(final TableWorker worker, final long entry, final ConnectionRequest request, final long nowNs)
            throws ConnectionException {
        claim(worker, entry);
        try {
            changeClaimed(entry, request, nowNs);
        } finally {
            worker.release(entry);
        }
    }

    private static void changeClaimed(final long entry, final ConnectionRequest request, final long nowNs) throws ConnectionException {
        if (request.source() != null || request.destination() != null) {
            throw new ConnectionException(Errno.EOPNOTSUPP);
        }
        final int status = ConnLayout.status(entry);
        if (request.timeoutSeconds() != null && (status & ConnStatus.FIXED_TIMEOUT) != 0) {
            throw new ConnectionException(Errno.EPERM);
        }
        final int changed = request.status() == null ? status : ConnectionRules.changedStatus(status, request.status());
        final int protocol = ConnLayout.protocol(entry);
        ConnectionRules.checkState(request, protocol);
        checkState(request, protocol);
        if (request.labels() != null && !EntryReader.hasFlag(entry, ConnLayout.FLAG_LABELS)) {
            throw new ConnectionException(Errno.ENOSPC);
        }
        if (request.timeoutSeconds() != null) {
            Deadline.set(entry, lengthNs(request), nowNs);
        }
        ConnLayout.clearStatus(entry, status & ~changed);
        ConnLayout.setStatus(entry, changed & ~status);
        setState(entry, request);
        if (request.mark() != null) {
            ConnLayout.setMark(entry, request.mark());
        }
        if (request.labels() != null) {
            setLabels(entry, request.labels());
        }
    }

    /** Claims an entry, which another worker may hold for a packet. */
    static void claim(final TableWorker worker, final long entry) throws ConnectionException {
        for (int i = 0; i < TRIES; i++) {
            if (worker.claim(entry)) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new ConnectionException(Errno.EAGAIN);
    }

    private static void checkState(final ConnectionRequest request, final int protocol) throws ConnectionException {
        final int states = protocol == ConnTuple.TCP ? TcpState.COUNT : protocol == ConnTuple.SCTP ? SctpState.COUNT : Integer.MAX_VALUE;
        if (request.protocolState() != null && (request.protocolState() < 0 || request.protocolState() >= states)) {
            throw new ConnectionException(Errno.EINVAL);
        }
    }

    private static void setState(final long entry, final ConnectionRequest request) {
        final int protocol = ConnLayout.protocol(entry);
        if (request.protocolState() != null && (protocol == ConnTuple.TCP || protocol == ConnTuple.SCTP)) {
            ConnLayout.setTrackerState(entry, request.protocolState());
        }
        if (protocol == ConnTuple.TCP && request.tcpFlags() != 0) {
            TcpRecord.setFlags(entry, ConnDirection.ORIGINAL, request.tcpFlags(), request.tcpFlags());
            TcpRecord.setFlags(entry, ConnDirection.REPLY, request.tcpFlags(), request.tcpFlags());
        }
        if (protocol == ConnTuple.SCTP && request.originalTag() != null && request.replyTag() != null) {
            SctpTracker.setTag(entry, ConnDirection.ORIGINAL, request.originalTag());
            SctpTracker.setTag(entry, ConnDirection.REPLY, request.replyTag());
        }
    }

    /** Packets set labels without a claim: each half is changed anew until none has come in between. */
    private static void setLabels(final long entry, final LabelChange change) {
        for (int half = 0; half < LABEL_HALVES; half++) {
            long was;
            long bits;
            do {
                was = ConnLayout.labels(entry, half);
                bits = changed(change, half, was);
            } while (!ConnLayout.changeLabels(entry, half, was, bits));
        }
    }

    /** What a half becomes; a label's change depends on no other label. */
    private static long changed(final LabelChange change, final int half, final long bits) {
        final long[] old = new long[LABEL_HALVES];
        old[half] = bits;
        final long[] words = change.apply(BitSet.valueOf(old)).toLongArray();
        return words.length > half ? words[half] : 0;
    }

    private static long lengthNs(final ConnectionRequest request) {
        return ConnectionRules.timeoutSeconds(request.timeoutSeconds()) * Deadline.SECOND_NS;
    }
}
