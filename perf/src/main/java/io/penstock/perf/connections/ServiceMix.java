package io.penstock.perf.connections;

import io.penstock.dataplane.ipvs.model.Forwarding;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** How packets to a virtual service get to its servers. */
public enum ServiceMix {

    /** Their destination is translated. */
    NAT(Forwarding.MASQUERADE, true),
    /** As they came, to the server's link address. */
    DIRECT(Forwarding.ROUTE, true),
    /** Within other packets. */
    TUNNEL(Forwarding.TUNNEL, true),
    /** Their source and their destination are translated. */
    FULLNAT(Forwarding.FULL, true),
    /** Their destination is translated, and every packet is the first of a connection. */
    NEW(Forwarding.MASQUERADE, false);

    private final Forwarding forwarding;
    private final boolean established;

    ServiceMix(final Forwarding forwarding, final boolean established) {
        this.forwarding = forwarding;
        this.established = established;
    }

    /** The method of its servers. */
    public Forwarding forwarding() {
        return forwarding;
    }

    /** Whether the connections are there when packets are measured. */
    public boolean isEstablished() {
        return established;
    }

    /** Whether servers' answers pass as well. */
    public boolean isAnswered() {
        return established && (forwarding == Forwarding.MASQUERADE || forwarding == Forwarding.FULL);
    }

    /** Its name in options and results. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** All names. */
    public static List<String> names() {
        return Arrays.stream(values()).map(ServiceMix::text).toList();
    }

    /** The mix of that name, or null. */
    public static ServiceMix of(final String text) {
        return Arrays.stream(values()).filter(mix -> mix.text().equals(text)).findFirst().orElse(null);
    }
}
