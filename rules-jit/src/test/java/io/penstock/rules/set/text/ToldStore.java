package io.penstock.rules.set.text;

import io.penstock.rules.set.SetChange;
import io.penstock.rules.set.SetElement;
import io.penstock.rules.set.SetProblem;
import io.penstock.rules.set.SetSpec;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.set.SetType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Writes down what a store is told, in the words of the transcripts, and agrees to all of it. A set whose name is its family (4, 6, 0 for
 * none) and its type is there; others when they have been made.
 */
final class ToldStore implements SetStore {

    private static final long WORD = 0xFFFF_FFFFL;

    private final List<String> told = new ArrayList<>();
    private final Map<String, SetSpec> made = new HashMap<>();

    /** All that it was told. */
    List<String> told() {
        return told;
    }

    private static String address(final int family, final long high, final long low) {
        return family == 6 ? String.format("%016x%016x", high, low) : String.format("%08x", low);
    }

    private static String element(final SetElement element) {
        final StringBuilder text = new StringBuilder();
        final int family = element.family;
        if (element.says(SetElement.IP)) {
            text.append(" ip=").append(address(family, element.ipHigh, element.ipLow));
        }
        if (element.says(SetElement.IP_TO)) {
            text.append(" ip-to=").append(address(family, element.ipToHigh, element.ipToLow));
        }
        number(text, "cidr", element.says(SetElement.CIDR), element.cidr);
        number(text, "port", element.says(SetElement.PORT), element.port);
        number(text, "port-to", element.says(SetElement.PORT_TO), element.portTo);
        number(text, "timeout", element.says(SetElement.TIMEOUT), element.timeout);
        number(text, "proto", element.says(SetElement.PROTO), element.proto);
        text.append(element.before ? " before" : "").append(element.physdev ? " physdev" : "").append(element.nomatch ? " nomatch" : "")
                .append(element.wildcard ? " wildcard" : "");
        format(text, " mark=%08x", element.says(SetElement.MARK), element.mark);
        format(text, " mac=%012x", element.says(SetElement.MAC), element.mac);
        format(text, " name=\"%s\"", element.says(SetElement.NAME), element.name);
        format(text, " nameref=\"%s\"", element.says(SetElement.NAMEREF), element.nameref);
        if (element.says(SetElement.IP2)) {
            text.append(" ip2=").append(address(family, element.ip2High, element.ip2Low));
        }
        number(text, "cidr2", element.says(SetElement.CIDR2), element.cidr2);
        if (element.says(SetElement.IP2_TO)) {
            text.append(" ip2-to=").append(address(family, element.ip2ToHigh, element.ip2ToLow));
        }
        format(text, " iface=\"%s\"", element.says(SetElement.IFACE), element.iface);
        number(text, "bytes", element.says(SetElement.BYTES), element.bytes);
        number(text, "packets", element.says(SetElement.PACKETS), element.packets);
        format(text, " comment=\"%s\"", element.says(SetElement.COMMENT), element.comment);
        format(text, " skbmark=%016x", element.says(SetElement.SKBMARK), (long) element.skbMark << Integer.SIZE | element.skbMask & WORD);
        format(text, " skbprio=%08x", element.says(SetElement.SKBPRIO), element.skbPrio);
        number(text, "skbqueue", element.says(SetElement.SKBQUEUE), element.skbQueue);
        return text.toString();
    }

    private static void number(final StringBuilder text, final String name, final boolean isSaid, final long value) {
        if (isSaid) {
            text.append(' ').append(name).append('=').append(Long.toUnsignedString(value));
        }
    }

    private static void format(final StringBuilder text, final String format, final boolean isSaid, final Object value) {
        text.append(isSaid ? String.format(format, value) : "");
    }

    @Override
    public void create(final SetSpec wanted, final boolean exist) {
        final StringBuilder text = new StringBuilder("create ").append(exist ? "-exist " : "").append(wanted.name()).append(' ')
                .append(wanted.type()).append(" family=").append(wanted.family());
        final boolean isPorts = wanted.type() == SetType.BITMAP_PORT;
        if (isPorts) {
            number(text, "port", wanted.rangeFrom() >= 0, wanted.rangeFrom());
            number(text, "port-to", wanted.rangeTo() >= 0, wanted.rangeTo());
        } else {
            format(text, " ip=%08x", wanted.rangeFrom() >= 0, wanted.rangeFrom());
            format(text, " ip-to=%08x", wanted.rangeTo() >= 0, wanted.rangeTo());
            number(text, "cidr", wanted.cidr() >= 0, wanted.cidr());
        }
        number(text, "timeout", wanted.timeout() >= 0, wanted.timeout());
        text.append(wanted.counters() ? " counters" : "").append(wanted.comment() ? " comment" : "")
                .append(wanted.forceadd() ? " forceadd" : "").append(wanted.skbinfo() ? " skbinfo" : "");
        format(text, " markmask=%08x", wanted.markmask() >= 0, wanted.markmask());
        text.append(wanted.hasMask() ? " bitmask=" + address(wanted.family(), wanted.maskHigh(), wanted.maskLow()) : "");
        format(text, " initval=%08x", wanted.initval() >= 0, wanted.initval());
        number(text, "hashsize", wanted.hashsize() >= 0, wanted.hashsize());
        number(text, "maxelem", wanted.maxelem() >= 0, wanted.maxelem());
        number(text, "netmask", wanted.netmask() >= 0, wanted.netmask());
        number(text, "bucketsize", wanted.bucketsize() >= 0, wanted.bucketsize());
        number(text, "size", wanted.size() >= 0, wanted.size());
        told.add(text.toString());
        made.put(wanted.name(), wanted);
    }

    @Override
    public void destroy(final String name) {
        told.add("destroy " + name);
    }

    @Override
    public void destroyAll() {
        told.add("destroy");
    }

    @Override
    public void flush(final String name) {
        told.add("flush " + name);
    }

    @Override
    public void flushAll() {
        told.add("flush");
    }

    @Override
    public void rename(final String name, final String other) {
        told.add("rename " + name + " " + other);
    }

    @Override
    public void swap(final String name, final String other) {
        told.add("swap " + name + " " + other);
    }

    @Override
    public SetChange adding(final String name, final SetElement element, final boolean exist) {
        return () -> !told.add("add " + (exist ? "-exist " : "") + name + element(element));
    }

    @Override
    public SetChange deleting(final String name, final SetElement element, final boolean exist) {
        return () -> !told.add("del " + (exist ? "-exist " : "") + name + element(element));
    }

    @Override
    public boolean test(final String name, final SetElement element) {
        told.add("test " + name + element(element));
        return true;
    }

    @Override
    public boolean exists(final String name) {
        return made.containsKey(name);
    }

    @Override
    public SetSpec spec(final String name) throws SetProblem {
        final SetSpec spec = made.getOrDefault(name, name.length() > 1 ? known(name) : null);
        if (spec == null) {
            throw new SetProblem(SetProblem.Code.ENOENT);
        }
        return spec;
    }

    @Override
    public Header header(final String name) throws SetProblem {
        return new Header(spec(name), 0, 0, 0);
    }

    private static SetSpec known(final String name) {
        return SetType.of(name.substring(1)).map(type -> new SetSpec(name, type, name.charAt(0) - '0', SetSpec.UNSET, SetSpec.UNSET,
                SetSpec.UNSET, SetSpec.UNSET, 0, 0, false, SetSpec.UNSET, SetSpec.UNSET, SetSpec.UNSET, SetSpec.UNSET, SetSpec.UNSET,
                SetSpec.UNSET, SetSpec.UNSET, false, false, false, false)).orElse(null);
    }

    @Override
    public List<String> names() {
        return List.of();
    }

    @Override
    public void list(final String name, final Consumer<SetElement> each) throws SetProblem {
        spec(name);
    }
}
