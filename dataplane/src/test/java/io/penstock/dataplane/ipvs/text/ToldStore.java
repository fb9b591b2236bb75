package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.ConnectionState;
import io.penstock.dataplane.ipvs.model.RemovalPolicy;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerOfService;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.Traffic;
import io.penstock.os.netlink.IpAddress;
import io.penstock.rules.text.AddressText;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Notes what it is told, in the words of the transcripts, refuses all of it if asked to, and shows what it was made with. */
final class ToldStore implements ServiceStore {

    private final ServiceProblem.Kind refusal;
    private final List<ServiceState> services;
    private final List<ConnectionState> connections;
    private final List<String> told = new ArrayList<>();

    ToldStore(final ServiceProblem.Kind refusal, final List<ServiceState> services, final List<ConnectionState> connections) {
        this.refusal = refusal;
        this.services = services;
        this.connections = connections;
    }

    List<String> told() {
        return told;
    }

    private void tell(final String line) throws ServiceProblem {
        told.add(line);
        if (refusal != null) {
            throw new ServiceProblem(refusal, null);
        }
    }

    private static String text(final ServiceKey key) {
        if (key.isMark()) {
            return " mark " + Integer.toUnsignedString(key.mark()) + (key.family() == IpAddress.V6 ? " v6" : " v4");
        }
        final String protocol = switch (key.protocol()) {
            case 6 -> "tcp";
            case 17 -> "udp";
            default -> "sctp";
        };
        return " " + protocol + " " + address(key.address()) + " " + key.port();
    }

    private static String address(final IpAddress address) {
        return AddressText.print(address.toBytes());
    }

    private static String text(final ServiceSpec spec) {
        return " " + spec.scheduler() + " flags=" + spec.flags() + " persistent=" + spec.persistenceSeconds() + " mask=" + spec.maskBits()
                + " pe=" + (spec.engine() == null ? "-" : spec.engine());
    }

    private static String text(final ServerKey key) {
        return " " + address(key.address()) + " " + key.port();
    }

    private static String text(final ServerSpec spec) {
        return " " + spec.method().shown() + " w=" + spec.weight() + " x=" + spec.upper() + " y=" + spec.lower() + " tun="
                + spec.tunnel().kind().ordinal() + ":" + spec.tunnel().port() + ":" + spec.tunnel().checksum().ordinal();
    }

    @Override
    public void addService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        tell("add-service" + text(key) + text(spec));
    }

    @Override
    public void editService(final ServiceKey key, final ServiceSpec spec) throws ServiceProblem {
        tell("edit-service" + text(key) + text(spec));
    }

    @Override
    public void deleteService(final ServiceKey key) throws ServiceProblem {
        tell("delete-service" + text(key));
    }

    @Override
    public void flush() {
        told.add("flush");
    }

    @Override
    public void addServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        tell("add-server" + text(key) + text(server) + text(spec));
    }

    @Override
    public void editServer(final ServiceKey key, final ServerKey server, final ServerSpec spec) throws ServiceProblem {
        tell("edit-server" + text(key) + text(server) + text(spec));
    }

    @Override
    public void deleteServer(final ServiceKey key, final ServerKey server) throws ServiceProblem {
        tell("delete-server" + text(key) + text(server));
    }

    @Override
    public void withdraw(final ServiceKey key, final ServerKey server, final boolean is) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void zero(final ServiceKey key) throws ServiceProblem {
        tell("zero" + (key == null ? "" : text(key)));
    }

    @Override
    public Timeouts timeouts() {
        return new Timeouts(900, 120, 300);
    }

    @Override
    public void setTimeouts(final Timeouts wanted) throws ServiceProblem {
        tell("timeouts " + wanted.tcp() + " " + wanted.tcpFin() + " " + wanted.udp());
    }

    @Override
    public Optional<ServiceState> service(final ServiceKey key) {
        return services.stream().filter(service -> service.key().equals(key)).findFirst();
    }

    @Override
    public List<ServiceState> services() {
        return services;
    }

    @Override
    public long connections(final long from, final Consumer<ConnectionState> each) {
        // A part is one of them: who lists asks for the next.
        connections.stream().skip(from).limit(1).forEach(each);
        return from + 1 < connections.size() ? from + 1 : 0;
    }

    @Override
    public long closed(final long from, final Map<ServerOfService, long[]> counts) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int tableSize() {
        return 4096;
    }

    @Override
    public Traffic total() {
        return Traffic.NONE;
    }

    @Override
    public Traffic totalRate() {
        return Traffic.NONE;
    }

    @Override
    public List<String> schedulers() {
        return List.of("rr", "wlc");
    }

    @Override
    public void together(final Runnable action) {
        action.run();
    }

    @Override
    public void setRemovalPolicy(final ServiceKey key, final RemovalPolicy policy) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void endConnections(final ServiceKey key, final ServerKey server) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> settings() {
        return List.of();
    }

    @Override
    public String setting(final String name) {
        return null;
    }

    @Override
    public void setSetting(final String name, final String value) {
        throw new UnsupportedOperationException();
    }
}
