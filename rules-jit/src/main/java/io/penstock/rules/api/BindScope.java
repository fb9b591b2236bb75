package io.penstock.rules.api;

import io.penstock.rules.hot.set.SetPlace;
import java.util.function.Supplier;

/** What is known, and shared, where a rule goes into force. Control thread. */
public interface BindScope {

    /** Where it stands. */
    Place place();

    /** The worker's clock at this moment: monotonic. Unit: ns. */
    long nowNs();

    /** How many workers there are. */
    int workers();

    /**
     * What rules of a namespace share under a name ({@code -m recent}, {@code -m hashlimit}): made for the first of them, and gone with the
     * last one.
     *
     * @throws ParameterProblem if it is there already and the rule asks for something else
     */
    <T> T shared(Class<T> type, String name, Supplier<T> maker);

    /** Says that the rule is about connections: they are tracked as long as such a rule is in force. */
    default void tracksConnections() {
    }

    /** Says that the rule asks how much a connection has carried: packets and bytes of connections are counted from now on. */
    default void countConnections() {
    }

    /** Says that the rule asks for labels: connections that begin from now on have room for them. */
    default void labelConnections() {
    }

    /** Says that the rule wants fragments put together, as TPROXY and {@code -m socket} do; tracking includes it. */
    default void gathersFragments() {
    }

    /**
     * The place of an IP set under its name. The set is in use, and keeps its name, as long as the rule is in force; what is in the set may be
     * exchanged meanwhile.
     *
     * @throws ParameterProblem if there are no sets
     */
    default SetPlace set(final String name) {
        throw ParameterProblem.other("there are no IP sets here: set=%s", name);
    }
}
