package io.penstock.dataplane.ipvs.health;

import java.io.IOException;

/** What came of a check, whatever it threw. */
final class CheckOutcome {

    private CheckOutcome() {
    }

    /** What the check has found; else why the server did not pass, or the check could not be made. */
    static String of(final Check check, final HealthRule rule, final ServerHealth server, final CheckOrigin origin)
            throws CheckFailure {
        final int port = rule.port() == 0 ? server.key.port() : rule.port();
        if (port == 0 && check.needsPort()) {
            throw CheckFailure.unable("has no port to ask: the server's is 0; give the check one");
        }
        try (CheckRun run = new CheckRun(origin, server.key, port, server.service.name(), rule.timeout())) {
            try {
                return check.run(run);
            } catch (final IOException e) {
                throw run.isOver() ? run.late() : CheckFailure.of(Names.ofProblem(e));
            }
        } catch (final InterruptedException e) {
            throw CheckFailure.unable("was interrupted");
        } catch (final RuntimeException | Error e) {
            throw CheckFailure.unable("ended with " + e);
        }
    }
}
