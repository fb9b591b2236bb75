package io.penstock.dataplane.ipvs;

import io.penstock.dataplane.hot.ipvs.LocalAddresses;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The addresses of this host that connections come from both of whose addresses are translated ({@link ServiceRegistry#SOURCES}). Immutable. */
record TranslationSources(List<IpAddress> addresses) {

    /** None. */
    static final TranslationSources NONE = new TranslationSources(List.of());

    /** Those of a setting's text: commas or spaces between two. */
    static TranslationSources parse(final String text) throws ServiceProblem {
        final List<IpAddress> addresses = new ArrayList<>();
        for (final String word : text.isBlank() ? new String[0] : text.trim().split("[, ]+")) {
            try {
                addresses.add(IpAddress.parse(word));
            } catch (final IllegalArgumentException e) {
                throw new ServiceProblem(ServiceProblem.Kind.INVALID,
                        "'" + word + "' is no address; " + ServiceRegistry.SOURCES + " takes some with commas between");
            }
        }
        return new TranslationSources(List.copyOf(addresses));
    }

    /** Whether there is one of a family. */
    boolean has(final int family) {
        return addresses.stream().anyMatch(address -> address.family() == family);
    }

    /** Those of a family, as workers have them. */
    LocalAddresses pool(final int family) {
        final List<IpAddress> of = addresses.stream().filter(address -> address.family() == family).toList();
        return new LocalAddresses(of.stream().mapToLong(AddressWords::high).toArray(), of.stream().mapToLong(AddressWords::low).toArray());
    }

    /** As the setting says it. */
    @Override
    public String toString() {
        return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(","));
    }
}
