package io.penstock.dataplane.ipvs.health;

import io.penstock.os.echo.EchoSocket;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import java.io.IOException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Whether the server's address answers an echo request (RFC 792, RFC 4443). */
public record PingCheck() implements Check {

    /**
     * Between looks for the answer, in nanoseconds: first, and at the longest. Waiting in poll(2) would keep a carrier of virtual
     * threads. Longer than 10 ms and a timeout of 20 ms would be missed for nothing.
     */
    private static final long FIRST_LOOK_NS = TimeUnit.MICROSECONDS.toNanos(100);
    private static final long LONGEST_LOOK_NS = TimeUnit.MILLISECONDS.toNanos(10);

    private static final int SEQUENCE = 1;

    @Override
    public String kind() {
        return "ping";
    }

    @Override
    public boolean needsPort() {
        return false;
    }

    @Override
    public String run(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        // Not in the run's care: closing frees the memory that the look reads into.
        try (EchoSocket socket = open(run)) {
            return ask(run, socket);
        }
    }

    private static EchoSocket open(final CheckRun run) throws CheckFailure, IOException, InterruptedException {
        try {
            return run.openApart(() -> EchoSocket.open(run.address()));
        } catch (final SysException e) {
            if (e.errno() == Errno.EPERM || e.errno() == Errno.ENFILE || e.errno() == Errno.EMFILE) {
                throw CheckFailure.unable(Names.ofProblem(e));
            }
            throw CheckFailure.of(Names.ofProblem(e));
        }
    }

    private static String ask(final CheckRun run, final EchoSocket socket) throws CheckFailure, InterruptedException {
        final int identifier = ThreadLocalRandom.current().nextInt(1 << Short.SIZE);
        int result = socket.send(identifier, SEQUENCE);
        long waitNs = FIRST_LOOK_NS;
        while (result >= 0) {
            result = socket.receive(identifier, SEQUENCE);
            if (result == 1) {
                return "answered";
            }
            if (run.isOver()) {
                throw run.late();
            }
            if (Thread.interrupted()) {
                throw new InterruptedException("the checks end");
            }
            LockSupport.parkNanos(waitNs);
            waitNs = Math.min(waitNs * 2, LONGEST_LOOK_NS);
        }
        throw CheckFailure.of(Errno.text(-result));
    }
}
