package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The commands that speak of virtual services, by the names that operators know.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Nobody waits for a client while it has the services: what is restored has come whole before, and what is listed is printed
 *       afterwards; of connections a part at a time, and who reads slowly has as many of them in memory.</li>
 *   <li>What is changed of servers that are looked after is said to whoever does; what is saved is what the operator wants.</li>
 *   <li>A client that goes away while it sends what is to be restored changes nothing.</li>
 * </ol>
 *
 * <p>Threads: any, if the services are for any.
 */
public final class ServiceCommands {

    /** ipvsadm(8). */
    static final String IPVSADM = "ipvsadm";
    /** ipvsadm-save(8). */
    static final String SAVE = "ipvsadm-save";
    /** ipvsadm-restore(8). */
    static final String RESTORE = "ipvsadm-restore";

    /** Their names. */
    static final List<String> TOOLS =
            List.of(IPVSADM, SAVE, RESTORE, HealthCommands.SERVICES, HealthCommands.DRAIN, HealthCommands.UNDRAIN);

    private final ServerCare care;

    /** Commands over services. */
    ServiceCommands(final ServerCare care) {
        this.care = care;
    }

    /** Whose they are. */
    ServiceStore services() {
        return care.store();
    }

    /** Runs one. */
    int run(final String tool, final List<String> words, final Tools.Giver giver) {
        return switch (tool) {
            case IPVSADM, SAVE, RESTORE -> ipvsadm(tool, words, giver);
            default -> new HealthCommands(care).run(tool, words, giver.out(), giver.err(), giver.ending());
        };
    }

    private int ipvsadm(final String tool, final List<String> words, final Tools.Giver giver) {
        final HeldOutput held = new HeldOutput();
        final PrintStream out = new PrintStream(held.of(giver.out()), false, StandardCharsets.ISO_8859_1);
        final PrintStream err = new PrintStream(held.of(giver.err()), false, StandardCharsets.ISO_8859_1);
        final WholeInput in = new WholeInput(giver.in());
        final IpvsadmCommand command = new IpvsadmCommand(new Listed(care, held, in));
        try {
            return switch (tool) {
                case SAVE -> command.save(words, out, err);
                case RESTORE -> command.restore(in, out, err);
                default -> command.run(words, in, out, err);
            };
        } finally {
            out.flush();
            err.flush();
        }
    }

    /** Services in somebody's care that are restored while the command's outputs are held back and its input is there. */
    private static final class Listed extends ForwardedServices {

        private final ServerCare care;
        private final HeldOutput held;
        private final WholeInput in;

        private Listed(final ServerCare care, final HeldOutput held, final WholeInput in) {
            super(care.store());
            this.care = care;
            this.held = held;
            this.in = in;
        }

        @Override
        public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
            care.editServer(key, server, spec);
        }

        @Override
        public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
            care.deleteServer(key, server);
        }

        @Override
        public void deleteService(final ServiceKey key) throws ServiceProblem {
            care.deleteService(key);
        }

        @Override
        public void flush() {
            care.flush();
        }

        @Override
        public List<ServiceState> saved() {
            return care.wanted();
        }

        @Override
        public void together(final Runnable action) {
            try {
                in.await();
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
            held.hold();
            try {
                care.alone(() -> store.together(action));
            } finally {
                held.release();
            }
        }
    }
}
