package io.penstock.dataplane.hot.ipvs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.penstock.conntrack.hot.ConnDirection;
import io.penstock.conntrack.hot.ConnLayout;
import io.penstock.conntrack.hot.ConnStatus;
import io.penstock.conntrack.hot.Deadline;
import io.penstock.conntrack.hot.table.ConfirmResult;
import io.penstock.conntrack.hot.table.ConnLimit;
import io.penstock.conntrack.hot.table.ConnTable;
import io.penstock.conntrack.hot.table.TableWorker;
import io.penstock.dataplane.hot.ipvs.state.ServiceStates;
import io.penstock.dataplane.hot.ipvs.state.ServiceTimeouts;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.dataplane.testkit.FlowPackets;
import io.penstock.dataplane.testkit.TestEngine;
import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.hot.packet.TcpLayout;
import io.penstock.os.sys.MappedMemory;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The state of one connection, of which one worker has the client's packets and another one the server's. */
@Timeout(60)
final class TwoWorkersStateTest {

    private static final int CLIENT = 0x0A00_0001;
    private static final int VIP = 0x0A00_00FE;
    private static final int SERVER = 0x0A01_0001;
    private static final long NOW_NS = 1_000_000_000_000L;
    private static final int CLOSED_SECONDS = 10;
    private static final int WORKERS = 2;
    private static final int ENTRIES = 64;
    /** Some fall into the few nanoseconds that matter. */
    private static final int ROUNDS = 50_000;
    private static final long ENOUGH_NS = 3_000_000_000L;
    private static final int DELAYS = 64;
    private static final int SPINS = 10_000;

    private final TestEngine engine = new TestEngine();
    private final ServiceMemory memory = new ServiceMemory(WORKERS);
    private final ConnLimit limit = new ConnLimit(ENTRIES, WORKERS);
    private final ConnTable table4 = new ConnTable(ConnLayout.FAMILY_IPV4, ENTRIES, limit, 1, 2, WORKERS);
    private final ConnTable table6 = new ConnTable(ConnLayout.FAMILY_IPV6, ENTRIES, limit, 3, 4, WORKERS);
    private final Server server = new Server(memory, 1, new Service(4, IpProtocol.TCP, 0, VIP, 80, 0), 4, 0, SERVER, 80);
    private final Hand client = new Hand(0, ServiceStates.INPUT);
    private final Hand answers = new Hand(1, ServiceStates.OUTPUT);
    private long entry;

    /** A worker, with one segment in its batch. */
    private final class Hand {

        private final LaneServices services;
        private final Batch batch = new Batch();
        private final MappedMemory segment = MappedMemory.reserve(TcpLayout.HEADER_BYTES, MappedMemory.Pages.NORMAL);
        private final int direction;

        private Hand(final int worker, final int direction) {
            this.services = new LaneServices(engine.lane, new ServiceSettings(), new ServiceTimeouts(), memory, new Server[] {null, server},
                    table4, table6, worker, 1, 1);
            this.direction = direction;
            batch.frame[0] = segment.address();
            batch.protocol[0] = IpProtocol.TCP;
            batch.nowNs = NOW_NS;
            services.begin(NOW_NS);
        }

        private void take(final int flags) {
            TcpLayout.setFlags(segment.address(), flags);
        }

        private void judge(final int seen) {
            services.path.change(batch, 0, entry, ServiceEntry.flags(entry), direction, seen);
        }

        private void judge() {
            judge(ServiceEntry.state(entry));
        }
    }

    @BeforeEach
    void open() {
        final TableWorker table = client.services.table(true);
        final int keys = ConnLayout.keys(4000, 80);
        entry = table.allocate(table.hash4(CLIENT, VIP, keys, IpProtocol.TCP, 0));
        ConnLayout.setTuple4(entry, ConnDirection.ORIGINAL, CLIENT, VIP, keys);
        ConnLayout.setTuple4(entry, ConnDirection.REPLY, SERVER, CLIENT, ConnLayout.keys(80, 4000));
        ConnLayout.setProtocol(entry, IpProtocol.TCP);
        ConnLayout.setStatus(entry, ConnStatus.ASSURED);
        ServiceEntry.setFlags(entry, Server.NAT);
        Deadline.setLength(entry, Deadline.SECOND_NS);
        client.services.bind(entry, server);
        assertEquals(ConfirmResult.CONFIRMED, table.confirm(entry));
        client.take(FlowPackets.SYN);
        client.judge();
        assertState(ServiceStates.TCP_SYN_RECV, 1, 60);
    }

    @AfterEach
    void close() {
        client.segment.close();
        answers.segment.close();
        table4.close();
        table6.close();
        limit.close();
        memory.close();
        engine.close();
    }

    private void assertState(final int state, final long active, final long leftSeconds) {
        assertEquals(state + " active=" + active + " left=" + leftSeconds, ServiceEntry.state(entry) + " active=" + server.active() + " left="
                + Deadline.left(entry, NOW_NS) / Deadline.SECOND_NS);
    }

    @Test
    void shouldLeaveAStateThatIsNotTheOneThatWasSeen() {
        assertEquals(-1, ServiceEntry.move(entry, ServiceStates.TCP_SYN_RECV, ServiceStates.TCP_CLOSE, false));
        assertEquals(ServiceEntry.STALE, ServiceEntry.move(entry, ServiceStates.TCP_SYN_RECV, ServiceStates.TCP_ESTABLISHED, true));
        assertEquals(ServiceEntry.STALE, ServiceEntry.move(entry, ServiceStates.TCP_SYN_RECV, ServiceStates.TCP_CLOSE, false));
        assertEquals(ServiceStates.TCP_CLOSE, ConnLayout.trackerState(entry));
        assertEquals(0, ServiceEntry.move(entry, ServiceStates.TCP_CLOSE, ServiceStates.TCP_TIME_WAIT, false));
        assertEquals(1, ServiceEntry.move(entry, ServiceStates.TCP_TIME_WAIT, ServiceStates.TCP_SYN_RECV, true));
        assertEquals(ServiceStates.TCP_SYN_RECV | ServiceEntry.ACTIVE, ConnLayout.trackerState(entry));
        ConnLayout.setStatus(entry, ConnStatus.DYING);
        assertEquals(0, ServiceEntry.move(entry, ServiceStates.TCP_SYN_RECV, ServiceStates.TCP_CLOSE, false));
        assertEquals(ServiceStates.TCP_SYN_RECV, ServiceEntry.state(entry));
    }

    @Test
    void shouldStayClosedWhenTheClientAnswersWhatTheServerHasTakenBack() {
        answers.take(FlowPackets.RST);
        answers.judge();
        assertState(ServiceStates.TCP_CLOSE, 0, CLOSED_SECONDS);
        client.take(FlowPackets.ACK);
        client.judge(ServiceStates.TCP_SYN_RECV);
        assertState(ServiceStates.TCP_CLOSE, 0, CLOSED_SECONDS);
    }

    @Test
    void shouldGoOnFromTheStateThatAnotherWorkerHasMade() {
        client.take(FlowPackets.ACK);
        client.judge();
        assertState(ServiceStates.TCP_ESTABLISHED, 1, 900);
        client.take(FlowPackets.FIN | FlowPackets.ACK);
        client.judge(ServiceStates.TCP_SYN_RECV);
        assertState(ServiceStates.TCP_CLOSE_WAIT, 0, 60);
    }

    @Test
    void shouldEndWhereTheLastPacketLeadsWhenTwoJudgeAtOnce() throws Exception {
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        answers.take(FlowPackets.RST);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            final Future<?> resets = other.submit(() -> reset(begun, ended));
            try {
                establish(begun, ended, resets::isDone);
            } finally {
                begun.setRelease(-1);
            }
            resets.get();
        }
    }

    /** The server's worker: each round a reset. */
    private void reset(final AtomicInteger begun, final AtomicInteger ended) {
        final SplittableRandom random = new SplittableRandom(1);
        for (int round = 1; await(begun, round, () -> false); round++) {
            pause(random);
            answers.judge();
            ended.setRelease(round);
        }
    }

    /** The client's: each round an answer to what the server takes back at the same time. */
    private void establish(final AtomicInteger begun, final AtomicInteger ended, final BooleanSupplier isOver) {
        final SplittableRandom random = new SplittableRandom(2);
        final long startNs = System.nanoTime();
        for (int round = 1; round <= ROUNDS && System.nanoTime() - startNs < ENOUGH_NS; round++) {
            client.take(FlowPackets.ACK);
            begun.setRelease(round);
            pause(random);
            client.judge();
            assertTrue(await(ended, round, isOver), "the other worker has ended");
            assertState(ServiceStates.TCP_CLOSE, 0, CLOSED_SECONDS);
            client.take(FlowPackets.SYN);
            client.judge();
            assertState(ServiceStates.TCP_SYN_RECV, 1, 60);
        }
    }

    private static void pause(final SplittableRandom random) {
        for (int i = random.nextInt(DELAYS); i > 0; i--) {
            Thread.onSpinWait();
        }
    }

    /** Waits for a number; false for a negative one, or when there is nobody to wait for. */
    private static boolean await(final AtomicInteger number, final int wanted, final BooleanSupplier isOver) {
        int value = number.getAcquire();
        for (int spins = 0; value >= 0 && value != wanted && !isOver.getAsBoolean(); spins++) {
            if (spins > SPINS) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
            value = number.getAcquire();
        }
        return value == wanted;
    }
}
