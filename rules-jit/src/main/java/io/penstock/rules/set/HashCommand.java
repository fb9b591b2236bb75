package io.penstock.rules.set;

import static io.penstock.rules.set.SetContent.check;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.rules.hot.SetScratch;
import io.penstock.rules.hot.set.KeyLayout;
import io.penstock.rules.set.SetContent.Op;
import io.penstock.rules.set.SetProblem.Code;

/**
 * What a command's element is among keys: checks, ranges and networks in the kernel's order, one key after the other ({@code hash_*_uadt}). What a set does
 * not have of an element's values is not looked at.
 *
 * <p>Differs from Linux: a range of {@code hash:ip,mark} that ends with the last address ends there; the kernel begins again. An extension that
 * {@code hash:ip,mac} has not is told as such; the kernel tells no error of its own.
 */
final class HashCommand {

    /** What is done with each key. */
    interface Applied {

        /** Does it; a test answers. */
        boolean apply(Op op, SetScratch key, boolean exist, long nowNs) throws SetProblem;
    }

    private static final int HOST4 = 32;
    private static final int HOST6 = 128;
    private static final long ALL4 = 0xFFFF_FFFFL;

    private final KeyLayout layout;
    private final Applied applied;
    private final SetType type;
    private final boolean any;
    private final boolean six;
    private final boolean net;
    private final boolean port;
    private final boolean second;
    private final boolean secondNet;
    private final boolean device;
    /** Networks of length 0. */
    private final boolean wholeNets;
    private final long maskHigh;
    private final long maskLow;
    private final long markmask;
    private final long step;
    private final SetScratch key = new SetScratch();
    private SetElement element;
    private Op op;
    private boolean exist;
    private long nowNs;
    private RangeProgress progress;

    HashCommand(final SetSpec spec, final KeyLayout layout, final Applied applied) {
        this.layout = layout;
        this.applied = applied;
        this.type = spec.type();
        this.any = !layout.has(KeyLayout.ADDRESS);
        this.six = layout.isSix();
        this.net = layout.has(KeyLayout.NET);
        this.port = layout.has(KeyLayout.PORT);
        this.second = layout.has(KeyLayout.SECOND);
        this.secondNet = layout.has(KeyLayout.SECOND_NET);
        this.device = layout.has(KeyLayout.DEVICE);
        this.wholeNets = type == SetType.HASH_NET_IFACE || type == SetType.HASH_NET_PORT_NET;
        this.maskHigh = HashContent.maskHigh(spec);
        this.maskLow = six ? HashContent.maskLow(spec) : HashContent.maskLow(spec) & ALL4;
        this.markmask = spec.markmask();
        this.step = type == SetType.HASH_IP && spec.netmask() != SetSpec.UNSET && !six ? 1L << HOST4 - spec.netmask() : 1;
    }

    /** What the kernel refuses before it looks at what an element has besides its key. */
    void begin(final SetElement with) throws SetProblem {
        element = with;
        checkSaid();
        if (six) {
            checkNoRange();
        }
    }

    /** Does it with each key of the element that was begun with, or with those of a part of them; a test answers. */
    boolean run(final Op what, final boolean existing, final long now, final RangeProgress upTo) throws SetProblem {
        op = what;
        exist = existing;
        nowNs = now;
        progress = upTo;
        final int host = six ? HOST6 : HOST4;
        checkLength(net, SetElement.CIDR, element.cidr, host);
        checkLength(secondNet, SetElement.CIDR2, element.cidr2, host);
        final int length = net && element.says(SetElement.CIDR) ? element.cidr : host;
        final int secondLength = secondNet && element.says(SetElement.CIDR2) ? element.cidr2 : host;
        final long high = element.ipHigh & maskHigh;
        final long low = masksFirst() ? element.ipLow & maskLow : element.ipLow;
        checkZero(high, low, length);
        final int number = port ? portNumber() : 0;
        if (six || any) {
            return six(high, low, length, secondLength, number);
        }
        if (op == Op.TEST || !hasRange()) {
            return put(low & (type == SetType.HASH_NET_NET ? maskLow : ALL4), length,
                    element.ip2Low & (type == SetType.HASH_NET_NET ? maskLow : ALL4), secondLength, number);
        }
        ranges(low, length, secondLength, number);
        return true;
    }

    private boolean masksFirst() {
        return six || type == SetType.HASH_IP || type == SetType.HASH_IP_PORT;
    }

    private void checkSaid() throws SetProblem {
        check((any || element.says(SetElement.IP)) && (!port || element.says(SetElement.PORT)) && (!second || element.says(SetElement.IP2))
                && (!layout.has(KeyLayout.MAC) || element.says(SetElement.MAC)) && (!layout.has(KeyLayout.MARK) || element.says(SetElement.MARK))
                && (!device || element.says(SetElement.IFACE)), Code.PROTOCOL);
        check(any || element.family == 0 || element.family == (six ? 6 : 4), Code.PROTOCOL);
    }

    /** IPv6 has no ranges, and networks only where elements are networks. */
    private void checkNoRange() throws SetProblem {
        if (type == SetType.HASH_IP_MAC) {
            return;
        }
        check(!element.says(SetElement.IP_TO) && (!net || !secondNet || !element.says(SetElement.IP2_TO)), Code.HASH_RANGE_UNSUPPORTED);
        check(net || !element.says(SetElement.CIDR) || element.cidr == HOST6, Code.INVALID_CIDR);
    }

    private void checkLength(final boolean isNet, final int said, final int length, final int host) throws SetProblem {
        check(!isNet || !element.says(said) || length >= (wholeNets ? 0 : 1) && length <= host, Code.INVALID_CIDR);
    }

    /** Which elements of zeros are refused, and how. */
    private void checkZero(final long high, final long low, final int length) throws SetProblem {
        final boolean zero = (high | low) == 0;
        switch (type) {
            case HASH_IP -> check(!zero, Code.HASH_ELEM);
            case HASH_IP_PORT -> check(!zero, Code.EINVAL);
            case HASH_IP_MARK -> check(six || !zero || (element.mark & markmask) != 0, Code.HASH_ELEM);
            case HASH_NET_NET -> check(!six || !zero || length != HOST6, Code.HASH_ELEM);
            case HASH_MAC, HASH_IP_MAC -> check(element.mac != 0, Code.HASH_ELEM);
            default -> {
                // Networks of zeros are networks.
            }
        }
    }

    private int portNumber() throws SetProblem {
        check(element.says(SetElement.PROTO), Code.MISSING_PROTO);
        check(element.proto != 0, Code.INVALID_PROTO);
        return hasPorts() || element.proto == (six ? IpProtocol.ICMPV6 : IpProtocol.ICMP) ? element.port : 0;
    }

    private boolean hasPorts() {
        return element.proto == IpProtocol.TCP || element.proto == IpProtocol.UDP || element.proto == IpProtocol.SCTP
                || element.proto == IpProtocol.UDPLITE;
    }

    private boolean hasRange() {
        final boolean ports = port && element.says(SetElement.PORT_TO) && hasPorts();
        return ports || type != SetType.HASH_IP_MAC && (element.says(SetElement.IP_TO) || !net && element.says(SetElement.CIDR))
                || secondNet && element.says(SetElement.IP2_TO);
    }

    private boolean six(final long high, final long low, final int length, final int secondLength, final int number) throws SetProblem {
        final boolean range = port && op != Op.TEST && hasPorts() && element.says(SetElement.PORT_TO);
        final int from = range ? Math.min(number, element.portTo) : number;
        final int to = range ? Math.max(number, element.portTo) : number;
        final boolean masked = type == SetType.HASH_NET_NET;
        boolean answer = false;
        progress.begin(0, from, 0);
        for (int each = progress.port(); each <= to && !progress.stops(0, each, 0); each++) {
            layout.begin(key, high, low);
            if (net) {
                layout.putNet(key, high, low, length);
            }
            if (secondNet) {
                layout.putSecondNet(key, masked ? element.ip2High & maskHigh : element.ip2High, masked ? element.ip2Low & maskLow : element.ip2Low,
                        secondLength);
            } else if (second) {
                layout.putSecond(key, element.ip2High, element.ip2Low);
            }
            answer = finish(each);
        }
        return answer;
    }

    private void ranges(final long address, final int length, final int secondLength, final int number) throws SetProblem {
        long from = address;
        long to = address;
        if (element.says(SetElement.IP_TO)) {
            to = element.ipToLow;
            if (from > to) {
                check(to != 0 || type != SetType.HASH_IP && (type != SetType.HASH_IP_MARK || (element.mark & markmask) != 0), Code.HASH_ELEM);
                from = element.ipToLow;
                to = address;
            }
            check(!net || from != 0 || to != ALL4, Code.HASH_RANGE);
        } else if (net) {
            to = AddressRange.last(from, length);
            from = AddressRange.first(from, length);
        } else if (element.says(SetElement.CIDR)) {
            check(element.cidr > 0 && element.cidr <= HOST4, Code.INVALID_CIDR);
            to = AddressRange.last(from, element.cidr);
            from = AddressRange.first(from, element.cidr);
        }
        final boolean ports = port && element.says(SetElement.PORT_TO) && (hasPorts() || net || secondNet);
        final int firstPort = ports ? Math.min(number, element.portTo) : number;
        final int lastPort = ports ? Math.max(number, element.portTo) : number;
        long secondFrom = element.ip2Low;
        long secondTo = element.ip2Low;
        if (secondNet) {
            if (element.says(SetElement.IP2_TO)) {
                secondFrom = Math.min(element.ip2Low, element.ip2ToLow);
                secondTo = Math.max(element.ip2Low, element.ip2ToLow);
                check(secondFrom != 0 || secondTo != ALL4, Code.HASH_RANGE);
            } else {
                secondFrom = AddressRange.first(element.ip2Low, secondLength);
                secondTo = AddressRange.last(element.ip2Low, secondLength);
            }
        }
        progress.begin(from, firstPort, secondFrom);
        long at = progress.address();
        int each = progress.port();
        long secondAt = progress.second();
        while (at <= to) {
            final int cut = net ? lengthFrom(at, to) : HOST4;
            while (each <= lastPort) {
                while (secondAt <= secondTo) {
                    if (progress.stops(at, each, secondAt)) {
                        return;
                    }
                    final int secondCut = secondNet ? lengthFrom(secondAt, secondTo) : HOST4;
                    put(at, cut, secondAt, secondCut, each);
                    secondAt = AddressRange.last(secondAt, secondCut) + 1;
                }
                secondAt = secondFrom;
                each++;
            }
            each = firstPort;
            at = net ? AddressRange.last(at, cut) + 1 : at + step;
        }
    }

    private static int lengthFrom(final long from, final long to) {
        return from == 0 && to == ALL4 ? 0 : AddressRange.lengthFrom(from, to);
    }

    private boolean put(final long address, final int length, final long secondAddress, final int secondLength, final int number)
            throws SetProblem {
        layout.begin(key, 0, address);
        if (net) {
            layout.putNet(key, 0, address, length);
        }
        if (secondNet) {
            layout.putSecondNet(key, 0, secondAddress, secondLength);
        } else if (second) {
            layout.putSecond(key, 0, secondAddress);
        }
        return finish(number);
    }

    /** What is the same for both families, and then to do it. */
    private boolean finish(final int number) throws SetProblem {
        if (port) {
            layout.putPort(key, element.proto, number);
        }
        if (layout.has(KeyLayout.MAC)) {
            layout.putMac(key, element.mac);
        }
        if (layout.has(KeyLayout.MARK)) {
            layout.putMark(key, element.mark & markmask);
        }
        if (device) {
            layout.putDevice(key, HashElements.word(element.iface, 0), HashElements.word(element.iface, 1), element.physdev);
        }
        return applied.apply(op, key, exist, nowNs);
    }
}
