package io.penstock.perf.sets;

import java.util.Arrays;
import java.util.List;

/** A type of set that is measured. */
public enum SetKind {

    /** Addresses. */
    IP("hash:ip"),
    /** Networks of {@link MadeSet#LENGTHS eight prefix lengths}. */
    NET("hash:net"),
    /** Addresses with a TCP port. */
    IP_PORT("hash:ip,port");

    private final String type;

    SetKind(final String type) {
        this.type = type;
    }

    /** Its name for ipset. */
    public String type() {
        return type;
    }

    /** All names. */
    public static List<String> types() {
        return Arrays.stream(values()).map(SetKind::type).toList();
    }

    /** The kind of that name, or null. */
    public static SetKind of(final String type) {
        return Arrays.stream(values()).filter(kind -> kind.type.equals(type)).findFirst().orElse(null);
    }
}
