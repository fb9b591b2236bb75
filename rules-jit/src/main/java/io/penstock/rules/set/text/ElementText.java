package io.penstock.rules.set.text;

import io.penstock.rules.api.Names;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetType;
import io.penstock.rules.text.AddressText;
import java.nio.ByteBuffer;

/** Prints elements. */
final class ElementText {

    private static final int BYTE_BITS = 8;
    private static final int BYTE = 0xFF;
    private static final int MAC_BITS = 48;
    private static final int MARK_BITS = 32;
    private static final int DIGIT_BITS = 4;
    private static final String DIGITS = "0123456789abcdef";

    private final Names names;
    private final boolean isResolving;
    private final TypeWords type;
    private final int family;

    /**
     * Prints those of a type.
     *
     * @param isResolving whether addresses are told as names
     */
    ElementText(final Names names, final boolean isResolving, final TypeWords type, final int family) {
        this.names = names;
        this.isResolving = isResolving;
        this.type = type;
        this.family = family;
    }

    /** An element without its options. */
    void print(final StringBuilder text, final SetElement element) {
        boolean isFirst = true;
        for (final ElementReader.Place place : type.places()) {
            final Value value = place.value();
            if (!isFirst) {
                if (type.isLastOptional() && !element.says(value.elementBit())) {
                    return;
                }
                text.append(',');
            }
            isFirst = false;
            print(text, element, value);
        }
    }

    private void print(final StringBuilder text, final SetElement element, final Value value) {
        switch (value) {
            case IP -> {
                network(text, element.ipHigh, element.ipLow, element.says(SetElement.CIDR) ? element.cidr : -1);
                if (element.says(SetElement.IP_TO)) {
                    text.append('-');
                    network(text, element.ipToHigh, element.ipToLow, element.says(SetElement.CIDR) ? element.cidr : -1);
                }
            }
            case IP2 -> network(text, element.ip2High, element.ip2Low, element.says(SetElement.CIDR2) ? element.cidr2 : -1);
            case PORT -> port(text, element);
            case ETHER -> mac(text, element.mac);
            case MARK -> {
                text.append("0x");
                for (int shift = MARK_BITS - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
                    text.append(DIGITS.charAt((int) (element.mark >>> shift) & 0xF));
                }
            }
            case IFACE -> text.append(element.physdev ? "physdev:" : "").append(element.iface);
            default -> text.append(element.name);
        }
    }

    private void network(final StringBuilder text, final long high, final long low, final int cidr) {
        final String name = isResolving ? name(high, low) : null;
        if (name != null) {
            final boolean isEscaped = name.indexOf('-') >= 0;
            text.append(isEscaped ? "[" : "").append(name).append(isEscaped ? "]" : "");
        } else if (family == AddressReader.IPV6) {
            text.append(AddressText.ipv6(high, low));
        } else {
            ipv4(text, (int) low);
        }
        if (cidr >= 0 && cidr != AddressReader.bits(family)) {
            text.append('/').append(cidr);
        }
    }

    private String name(final long high, final long low) {
        final boolean isIpv6 = family == AddressReader.IPV6;
        final ByteBuffer bytes = ByteBuffer.allocate(isIpv6 ? 2 * Long.BYTES : Integer.BYTES);
        return names.hostName((isIpv6 ? bytes.putLong(high).putLong(low) : bytes.putInt((int) low)).array());
    }

    private static void ipv4(final StringBuilder text, final int address) {
        text.append(address >>> 3 * BYTE_BITS).append('.').append(address >>> 2 * BYTE_BITS & BYTE).append('.');
        text.append(address >>> BYTE_BITS & BYTE).append('.').append(address & BYTE);
    }

    private static void mac(final StringBuilder text, final long address) {
        for (int shift = MAC_BITS - DIGIT_BITS; shift >= 0; shift -= DIGIT_BITS) {
            text.append(Character.toUpperCase(DIGITS.charAt((int) (address >>> shift) & 0xF)));
            if (shift % BYTE_BITS == 0 && shift > 0) {
                text.append(':');
            }
        }
    }

    private void port(final StringBuilder text, final SetElement element) {
        if (element.says(SetElement.PROTO) && type.type() != SetType.BITMAP_PORT) {
            final String name = names.protocolName(element.proto);
            text.append(name == null ? Integer.toString(element.proto) : name).append(':');
            if (element.proto == PortReader.ICMP || element.proto == PortReader.ICMPV6) {
                text.append((element.proto == PortReader.ICMP ? IcmpNames.ICMP : IcmpNames.ICMPV6).text(element.port));
                return;
            }
        }
        text.append(element.port);
        if (element.says(SetElement.PORT_TO)) {
            text.append('-').append(element.portTo);
        }
    }
}
