package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServerKey;
import io.penstock.dataplane.ipvs.model.ServerSpec;
import io.penstock.dataplane.ipvs.model.ServiceKey;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.Timeouts;
import io.penstock.dataplane.ipvs.model.TunnelSpec;
import io.penstock.os.netlink.IpAddress;
import java.util.EnumSet;
import java.util.Set;

/** What a line has said so far; what it leaves unsaid is as here. */
final class Said {

    final Set<Option> options = EnumSet.noneOf(Option.class);
    Command command;

    /** Of what was named last: {@link IpAddress#V4}, {@link IpAddress#V6}, or 0 while nothing was. */
    int family;
    int protocol;
    IpAddress address;
    int port;
    /** 0 for none. */
    long mark;
    String scheduler = "";
    int flags;
    /** 0 for no persistence. */
    int persistenceSeconds;
    /** The mask that was given; null for none. */
    IpAddress mask;
    /** -1 where the mask is not a prefix's. */
    int maskBits = IpAddress.any(IpAddress.V4).bits();
    String engine = "";

    IpAddress server;
    int serverPort;
    Forwarding method = Forwarding.ROUTE;
    int weight = 1;
    int upper;
    int lower;
    TunnelSpec.Kind tunnelKind = TunnelSpec.Kind.IPIP;
    int tunnelPort;
    TunnelSpec.Checksum tunnelChecksum = TunnelSpec.Checksum.NONE;

    Timeouts timeouts;

    boolean has(final Option option) {
        return options.contains(option);
    }

    /** Whether a service was named by something else than zeros. */
    boolean hasService() {
        return mark != 0 || port != 0 || address != null && !address.isAny();
    }

    ServiceKey serviceKey() {
        return mark != 0 ? ServiceKey.ofMark(family, (int) mark) : ServiceKey.of(protocol, address, port);
    }

    ServiceSpec serviceSpec() {
        return new ServiceSpec(scheduler, flags, persistenceSeconds, maskBits, engine.isEmpty() ? null : engine);
    }

    ServerKey serverKey() {
        return new ServerKey(server, serverPort);
    }

    ServerSpec serverSpec() {
        return new ServerSpec(method, weight, upper, lower,
                method == Forwarding.TUNNEL ? new TunnelSpec(tunnelKind, tunnelPort, tunnelChecksum) : TunnelSpec.IPIP);
    }
}
