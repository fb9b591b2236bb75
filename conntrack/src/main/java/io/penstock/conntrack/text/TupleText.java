package io.penstock.conntrack.text;

import io.penstock.conntrack.model.ConnCounters;
import io.penstock.conntrack.model.ConnTuple;

/** Tuples as listings write them, in plain text and in XML. */
final class TupleText {

    private TupleText() {
    }

    /** The name of an address family. */
    static String family(final int family) {
        return family == ConnTuple.IPV4 ? "ipv4" : "ipv6";
    }

    static String source(final ConnTuple tuple) {
        return AddressText.print(tuple.family(), tuple.sourceHigh(), tuple.sourceLow());
    }

    static String destination(final ConnTuple tuple) {
        return AddressText.print(tuple.family(), tuple.destinationHigh(), tuple.destinationLow());
    }

    /** Addresses under the names of a prefix, and keys; a blank ends each. */
    static String plain(final ConnTuple tuple, final String prefix) {
        return prefix + "src=" + source(tuple) + " " + prefix + "dst=" + destination(tuple) + " " + keys(tuple);
    }

    /** Keys; a blank ends each. */
    static String keys(final ConnTuple tuple) {
        final int protocol = tuple.protocol();
        if (ConnTuple.isIcmp(protocol)) {
            return "type=" + (tuple.destinationKey() >>> Byte.SIZE) + " code=" + (tuple.destinationKey() & 0xFF) + " id="
                    + tuple.sourceKey() + " ";
        }
        if (protocol == ConnTuple.GRE) {
            return "srckey=0x" + Integer.toHexString(tuple.sourceKey()) + " dstkey=0x" + Integer.toHexString(tuple.destinationKey()) + " ";
        }
        return ConnTuple.hasTwoKeys(protocol) || protocol == ConnTuple.DCCP
                ? "sport=" + tuple.sourceKey() + " dport=" + tuple.destinationKey() + " " : "";
    }

    static String counters(final ConnCounters counters) {
        return "packets=" + Long.toUnsignedString(counters.packets()) + " bytes=" + Long.toUnsignedString(counters.bytes()) + " ";
    }

    static String addressesXml(final ConnTuple tuple) {
        return "<src>" + source(tuple) + "</src><dst>" + destination(tuple) + "</dst>";
    }

    /** ICMP's are not told. */
    static String keysXml(final ConnTuple tuple) {
        final int protocol = tuple.protocol();
        if (protocol == ConnTuple.GRE) {
            return "<srckey>0x" + Integer.toHexString(tuple.sourceKey()) + "</srckey><dstkey>0x"
                    + Integer.toHexString(tuple.destinationKey()) + "</dstkey>";
        }
        return ConnTuple.hasTwoKeys(protocol) || protocol == ConnTuple.DCCP
                ? "<sport>" + tuple.sourceKey() + "</sport><dport>" + tuple.destinationKey() + "</dport>" : "";
    }

    static String layer3Xml(final ConnTuple tuple) {
        return "<layer3 protonum=\"" + tuple.family() + "\" protoname=\"" + family(tuple.family()) + "\">";
    }

    static String layer4Xml(final ConnTuple tuple) {
        return "<layer4 protonum=\"" + tuple.protocol() + "\" protoname=\"" + Protocol.of(tuple.protocol()).text() + "\">";
    }
}
