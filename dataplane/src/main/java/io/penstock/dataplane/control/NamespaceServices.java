package io.penstock.dataplane.control;

import io.penstock.dataplane.ipvs.ServiceRegistry;
import io.penstock.dataplane.ipvs.health.HealthChecks;
import io.penstock.dataplane.ipvs.health.HealthRule;
import io.penstock.dataplane.ipvs.health.HealthStatus;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.text.IpvsadmCommand;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * The virtual services of a network namespace, with those who change them: a file at the start and at a reload, commands, and checks of
 * servers.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Checks begin with the first rule or the first server to be drained, and not before: they look at all services every second.</li>
 *   <li>Servers are checked from the network namespace that the data plane serves, whoever asks for it.</li>
 *   <li>Whoever wants the checks' lock and the services' takes the checks' first, as they do themselves.</li>
 * </ol>
 *
 * <p>Threads: made and closed on the control thread; the rest any.
 */
public final class NamespaceServices implements ServerCare, AutoCloseable {

    /** Between two rounds of upkeep. Unit: ns; rates are estimated from what passes in two of them, as the kernel does. */
    private static final long ROUND_NS = 1_000_000_000;
    private final ServiceRegistry registry;
    private final ServedServices served;
    private List<HealthRule> rules = List.of();
    private Consumer<String> news;
    /** Set under this object's lock, and read without it by those who have the checks' lock: whoever begins the checks takes it second. */
    private volatile HealthChecks checks;
    private boolean isChecking;
    private Upkeep upkeep;

    NamespaceServices(final ServiceRegistry registry) {
        this.registry = registry;
        this.served = new ServedServices(registry);
    }

    /** The services themselves; for whoever is alone with them, and for their upkeep. */
    public ServiceRegistry registry() {
        return registry;
    }

    /** For commands: until {@link #end}. */
    @Override
    public ServiceStore store() {
        return served;
    }

    /**
     * Restores a file, and keeps the rules of checks for later.
     *
     * @param file     ipvsadm -S text; null leaves what there is
     * @param warnings takes what is said without refusing
     * @throws RulesException when the file is refused; then nothing has changed
     */
    void restore(final Path file, final List<HealthRule> health, final Consumer<String> warnings) {
        apply(file, read(file, warnings), warnings);
        follow(health);
    }

    /** What a file says, if there is one; nothing changes. */
    StagedServices read(final Path file, final Consumer<String> warnings) {
        return file == null ? null : ServiceFiles.read(file, served, warnings);
    }

    /** Puts into force what {@link #read} has read, if there was something; as a whole. */
    void apply(final Path file, final StagedServices staged, final Consumer<String> warnings) {
        final HealthChecks there = checks;
        if (staged != null && there == null) {
            ServiceFiles.apply(file, staged, served, List.of(), warnings);
        } else if (staged != null) {
            there.alone(() -> {
                // What is known of servers is up to a second old otherwise, and the plan relies on it.
                there.look();
                ServiceFiles.apply(file, staged, served, there.status(), warnings)
                        .forEach(server -> there.want(server.service(), server.server(), server.spec()));
            });
            there.servicesChanged();
        }
    }

    /** Rules of checks, from now on. */
    void follow(final List<HealthRule> health) {
        final HealthChecks there;
        synchronized (this) {
            rules = List.copyOf(health);
            there = rules.isEmpty() ? checks : begun();
        }
        if (there != null) {
            there.replace(health);
        }
    }

    /** Whom checks tell what has become of servers, each time anew: the same line again is news again. Before {@link #serve}. */
    public void onNews(final Consumer<String> listener) {
        news = listener;
    }

    /** From now on checks are made, and upkeep. In the network namespace, whose servers are checked. */
    void serve(final Consumer<String> told) {
        upkeep = new Upkeep("penstock-services", Upkeep.Pace.BEAT, ROUND_NS, registry::maintain,
                "virtual services could not be looked after: rates and defences stay as they are", told);
        upkeep.start();
        synchronized (this) {
            checks = HealthChecks.of(served, rules, news == null ? told : news);
            if (!rules.isEmpty()) {
                begun();
            }
        }
    }

    /** The checks, which begin if they have not; null when the data plane does not serve. */
    private synchronized HealthChecks begun() {
        if (checks != null && !isChecking) {
            isChecking = true;
            checks.start();
        }
        return checks;
    }

    @Override
    public void drain(final ServiceKey service, final ServerKey server, final Duration deadline, final boolean remove) throws ServiceProblem {
        present().drain(service, server, deadline, remove);
    }

    @Override
    public void undrain(final ServiceKey service, final ServerKey server) throws ServiceProblem {
        present().undrain(service, server);
    }

    private HealthChecks present() throws ServiceProblem {
        final HealthChecks there = begun();
        if (there == null) {
            throw new ServiceProblem(ServiceProblem.Kind.GONE, "the data plane ends; start another with 'penstock run'");
        }
        return there;
    }

    @Override
    public List<HealthStatus> status() {
        final HealthChecks there = checks;
        return there == null ? List.of() : there.status();
    }

    @Override
    public List<ServiceKey> missing() {
        final HealthChecks there = checks;
        return there == null ? List.of() : there.missing();
    }

    @Override
    public boolean isLooking() {
        return checks != null;
    }

    @Override
    public void alone(final Runnable action) {
        final HealthChecks there = checks;
        if (there == null) {
            action.run();
        } else {
            there.alone(action);
        }
    }

    @Override
    public void editServer(final ServiceKey service, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        final HealthChecks there = checks;
        if (there == null) {
            served.editServer(service, server, spec);
        } else {
            there.editServer(service, server, spec);
        }
    }

    @Override
    public void deleteServer(final ServiceKey service, final ServerKey server) throws ServiceProblem {
        final HealthChecks there = checks;
        if (there == null) {
            served.deleteServer(service, server);
        } else {
            there.deleteServer(service, server);
        }
    }

    @Override
    public void deleteService(final ServiceKey service) throws ServiceProblem {
        final HealthChecks there = checks;
        if (there == null) {
            served.deleteService(service);
        } else {
            there.deleteService(service);
        }
    }

    @Override
    public void flush() {
        final HealthChecks there = checks;
        if (there == null) {
            served.flush();
        } else {
            there.flush();
        }
    }

    @Override
    public List<ServiceState> wanted() {
        final HealthChecks there = checks;
        return there == null ? served.services() : there.wanted();
    }

    /** What an ipvsadm command would print; one that lists. */
    public String list(final List<String> words) {
        final ByteArrayOutputStream text = new ByteArrayOutputStream();
        final PrintStream out = new PrintStream(text, false, StandardCharsets.ISO_8859_1);
        new IpvsadmCommand(served).run(words, InputStream.nullInputStream(), out, out);
        out.flush();
        return text.toString(StandardCharsets.ISO_8859_1);
    }

    /** Ends checks and upkeep, and lets no command through any more. While the workers run. */
    void end() {
        final HealthChecks there;
        synchronized (this) {
            there = checks;
            checks = null;
        }
        if (there != null) {
            there.close();
        }
        served.close();
        if (upkeep != null) {
            upkeep.close();
            upkeep = null;
        }
    }

    @Override
    public void close() {
        end();
        registry.close();
    }
}
