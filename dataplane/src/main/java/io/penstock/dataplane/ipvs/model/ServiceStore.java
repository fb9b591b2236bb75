package io.penstock.dataplane.ipvs.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The virtual services of a network namespace, as commands and checks change and read them.
 *
 * <p>What is refused changes nothing. Source: net/netfilter/ipvs/ip_vs_ctl.c, whose answers {@link ServiceProblem.Kind} are.
 *
 * <p>Threads: any, one call at a time.
 */
public interface ServiceStore {

    /** Adds a service. Kinds: EXISTS, NO_ENTRY (scheduler, persistence engine), INVALID, FAMILY (mask). */
    void addService(ServiceKey key, ServiceSpec spec) throws ServiceProblem;

    /** Changes a service. Kinds: NO_SERVICE, and those of {@link #addService}. */
    void editService(ServiceKey key, ServiceSpec spec) throws ServiceProblem;

    /** Removes a service and its servers. Kinds: NO_SERVICE. */
    void deleteService(ServiceKey key) throws ServiceProblem;

    /** Removes all services. */
    void flush();

    /** Adds a server. Kinds: NO_SERVICE, EXISTS, RANGE, INVALID (mixed families without a tunnel), FULL. */
    void addServer(ServiceKey key, ServerKey server, ServerSpec spec) throws ServiceProblem;

    /** Changes a server. Kinds: NO_SERVICE, NO_ENTRY, and those of {@link #addServer}. */
    void editServer(ServiceKey key, ServerKey server, ServerSpec spec) throws ServiceProblem;

    /** Removes a server. Kinds: NO_SERVICE, NO_ENTRY. */
    void deleteServer(ServiceKey key, ServerKey server) throws ServiceProblem;

    /**
     * Whether clients that stay with a server go to others all the same: checks or a drain have taken it out. They stay again when it gets a weight
     * above 0, or is added again. Kinds: NO_SERVICE, NO_ENTRY.
     */
    void withdraw(ServiceKey key, ServerKey server, boolean is) throws ServiceProblem;

    /** Sets what has passed to zero: of a service and its servers, or with null of all. Kinds: NO_SERVICE. */
    void zero(ServiceKey key) throws ServiceProblem;

    /** What keeps a service that is there from being of use, as a sentence; null for nothing. */
    default String advice(final ServiceKey key) {
        return null;
    }

    /** The timeouts. */
    Timeouts timeouts();

    /** Changes timeouts. Kinds: INVALID. */
    void setTimeouts(Timeouts wanted) throws ServiceProblem;

    /** A service, or none. */
    Optional<ServiceState> service(ServiceKey key);

    /** All services, in the kernel's order as far as it is determined: in order of addition. */
    List<ServiceState> services();

    /** The same as their operator has them, whatever checks have made of them: what {@code ipvsadm -S} saves. */
    default List<ServiceState> saved() {
        return services();
    }

    /**
     * Some connections and persistences: those of a part of their table, a bounded one, so that others come to the services in between. What begins
     * or ends meanwhile is told of or not.
     *
     * @param from where the part begins: 0, or what the call before has returned
     * @return where the next part begins; 0 after the last
     */
    long connections(long from, Consumer<ConnectionState> each);

    /** All connections and persistences, part by part. */
    default void connections(final Consumer<ConnectionState> each) {
        long next = 0;
        do {
            next = connections(next, each);
        } while (next != 0);
    }

    /**
     * Counts connections that both ends have closed, in a part of their table as {@link #connections(long, Consumer)} has it.
     *
     * @param counts of which servers; what a part has of a server is added to its number
     */
    long closed(long from, Map<ServerOfService, long[]> counts);

    /** What {@code ipvsadm} prints as the size of the connection table. */
    int tableSize();

    /** What has passed in all. */
    Traffic total();

    /** The same per second. */
    Traffic totalRate();

    /** Schedulers that there are, by name. */
    List<String> schedulers();

    /** Changes made by the action reach the workers together, at its end: for files of many. */
    void together(Runnable action);

    /** What becomes of the connections of servers that go away. Kinds: NO_SERVICE. */
    void setRemovalPolicy(ServiceKey key, RemovalPolicy policy) throws ServiceProblem;

    /**
     * Ends the connections that a server of a service still has, as the service's policy says: within a second, those of several servers in one go,
     * unless it takes clients again by then. Kinds: NO_SERVICE, NO_ENTRY.
     */
    void endConnections(ServiceKey key, ServerKey server) throws ServiceProblem;

    /** The names of the settings {@code net.ipv4.vs.*} that are followed. */
    List<String> settings();

    /** A setting's value, as sysctl prints it; null where it is not followed. */
    String setting(String name);

    /** Changes a setting. Kinds: NO_ENTRY, INVALID. */
    void setSetting(String name, String value) throws ServiceProblem;
}
