package io.penstock.rules.set;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The types of sets, by ipset(8)'s names, with the revision of ipset 7.17 that is kept here. */
public enum SetType {
    /** Addresses of one range, a bit each. */
    BITMAP_IP("bitmap:ip", 3, Part.IP),
    /** Addresses of one range, with a MAC address each. */
    BITMAP_IP_MAC("bitmap:ip,mac", 3, Part.IP, Part.MAC),
    /** Ports of one range. */
    BITMAP_PORT("bitmap:port", 3, Part.PORT),
    /** Addresses, or networks of one size. */
    HASH_IP("hash:ip", 6, Part.IP),
    /** MAC addresses. */
    HASH_MAC("hash:mac", 1, Part.MAC),
    /** Addresses with a MAC address each. */
    HASH_IP_MAC("hash:ip,mac", 1, Part.IP, Part.MAC),
    /** Networks of any size. */
    HASH_NET("hash:net", 7, Part.NET),
    /** Pairs of networks. */
    HASH_NET_NET("hash:net,net", 4, Part.NET, Part.NET),
    /** Addresses with a port. */
    HASH_IP_PORT("hash:ip,port", 7, Part.IP, Part.PORT),
    /** Networks with a port. */
    HASH_NET_PORT("hash:net,port", 8, Part.NET, Part.PORT),
    /** An address, a port, an address. */
    HASH_IP_PORT_IP("hash:ip,port,ip", 6, Part.IP, Part.PORT, Part.IP),
    /** An address, a port, a network. */
    HASH_IP_PORT_NET("hash:ip,port,net", 8, Part.IP, Part.PORT, Part.NET),
    /** Addresses with a packet mark. */
    HASH_IP_MARK("hash:ip,mark", 3, Part.IP, Part.MARK),
    /** A network, a port, a network. */
    HASH_NET_PORT_NET("hash:net,port,net", 3, Part.NET, Part.PORT, Part.NET),
    /** Networks with a device. */
    HASH_NET_IFACE("hash:net,iface", 8, Part.NET, Part.IFACE),
    /** Sets. */
    LIST_SET("list:set", 3, Part.SET);

    /** What an element consists of. */
    public enum Part {
        /** An address. */
        IP,
        /** A network. */
        NET,
        /** A MAC address. */
        MAC,
        /** A port, with its protocol. */
        PORT,
        /** A packet mark. */
        MARK,
        /** A device. */
        IFACE,
        /** A set. */
        SET
    }

    private final String word;
    private final int revision;
    private final List<Part> parts;

    SetType(final String word, final int revision, final Part... parts) {
        this.word = word;
        this.revision = revision;
        this.parts = List.of(parts);
    }

    /** Its name. */
    public String word() {
        return word;
    }

    /** The newest revision, which listings tell. */
    public int revision() {
        return revision;
    }

    /** What an element consists of, in order. */
    public List<Part> parts() {
        return parts;
    }

    /** Whether an element can be an exception ({@code nomatch}). */
    public boolean hasNomatch() {
        return parts.contains(Part.NET);
    }

    /** Whether it is one of {@code hash:...}. */
    public boolean isHash() {
        return word.startsWith("hash:");
    }

    /** Whether it is one of {@code bitmap:...}. */
    public boolean isBitmap() {
        return word.startsWith("bitmap:");
    }

    /** The type of a name. */
    public static Optional<SetType> of(final String word) {
        return Arrays.stream(values()).filter(type -> type.word.equals(word)).findFirst();
    }

    @Override
    public String toString() {
        return word;
    }
}
