package io.penstock.perf.rules;

import io.penstock.os.hot.packet.IpProtocol;
import io.penstock.os.netlink.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Rules with the structure of kube-proxy's: one chain knows all services by address and port, each service has a chain that chooses one of
 * its endpoints by chance, each endpoint a chain of its own; what comes from outside of the pods' network is marked on the way, and found
 * by its mark in POSTROUTING.
 *
 * <p>Invariants:
 * <ol>
 *   <li>Every flow but {@link #stranger} is a pod's, goes to a service, and is accepted by one of its endpoints' chains.</li>
 *   <li>What kube-proxy would translate is accepted, what it would masquerade is dropped or passed; without that the set needs no table
 *       but mangle.</li>
 * </ol>
 *
 * <p>Source: the chains' names and order are those of pkg/proxy/iptables of Kubernetes. Threads: any, once made.
 */
public final class ServiceRules {

    /** Services and endpoints of each that make 11,008 rules. */
    public static final int SERVICES = 1_000;
    public static final int ENDPOINTS = 3;

    private static final long SEED = 10_249;
    private static final int SERVICE_NETWORK = 0xAC14_0000;
    private static final int FIRST_SERVICE = 16;
    private static final int POD_NETWORK = 0x0AF4_0000;
    private static final int FIRST_POD = 256;
    private static final int CLIENTS = 1_000;
    private static final int STRANGER = 0x0A01_0203;
    private static final int SERVICE_PORT = 80;
    private static final int FIRST_PORT = 32_768;
    private static final int END_PORT = 61_000;
    private static final int NAMESPACES = 100;
    private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int NAME_LETTERS = 16;
    private static final String MARK = "0x4000/0x4000";

    private final List<String> services = new ArrayList<>();
    private final List<List<String>> endpoints = new ArrayList<>();

    /** Rules for {@value #SERVICES} services. */
    public ServiceRules() {
        final SplittableRandom random = new SplittableRandom(SEED);
        for (int service = 0; service < SERVICES; service++) {
            services.add("KUBE-SVC-" + name(random));
            final List<String> its = new ArrayList<>();
            for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
                its.add("KUBE-SEP-" + name(random));
            }
            endpoints.add(List.copyOf(its));
        }
    }

    /** A service's chain. */
    public String service(final int service) {
        return services.get(service);
    }

    /** The chains of its endpoints. */
    public List<String> endpoints(final int service) {
        return endpoints.get(service);
    }

    /** How many rules there are. */
    public int rules() {
        return 8 + SERVICES * (2 + 3 * ENDPOINTS);
    }

    /** A flow to a service, of a pod that is nobody's endpoint: those are marked when they come to themselves. */
    public Flow flow(final int number) {
        final SplittableRandom random = new SplittableRandom(SEED + number);
        return new Flow(pod(SERVICES * ENDPOINTS + random.nextInt(CLIENTS)), address(random.nextInt(SERVICES)), IpProtocol.TCP,
                random.nextInt(FIRST_PORT, END_PORT), SERVICE_PORT);
    }

    /** A flow to a service that comes from outside. */
    public Flow stranger() {
        return new Flow(STRANGER, address(0), IpProtocol.TCP, FIRST_PORT, SERVICE_PORT);
    }

    /**
     * For iptables-restore: table mangle.
     *
     * @param strangers what becomes of those from outside in the end: ACCEPT or DROP
     */
    public String saveText(final String strangers) {
        final StringBuilder text = new StringBuilder("*mangle\n");
        for (final String chain : List.of("PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING")) {
            text.append(':').append(chain).append(" ACCEPT [0:0]\n");
        }
        for (final String chain : List.of("KUBE-MARK-MASQ", "KUBE-NODEPORTS", "KUBE-POSTROUTING", "KUBE-SERVICES")) {
            declare(text, chain);
        }
        endpoints.forEach(its -> its.forEach(chain -> declare(text, chain)));
        services.forEach(chain -> declare(text, chain));
        text.append("-A PREROUTING -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n")
                .append("-A OUTPUT -m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES\n")
                .append("-A POSTROUTING -m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING\n")
                .append("-A KUBE-MARK-MASQ -j MARK --set-xmark ").append(MARK).append('\n')
                .append("-A KUBE-POSTROUTING -m mark ! --mark ").append(MARK).append(" -j RETURN\n")
                .append("-A KUBE-POSTROUTING -j MARK --set-xmark 0x4000/0x0\n")
                .append("-A KUBE-POSTROUTING -m comment --comment \"from outside\" -j ").append(strangers).append('\n');
        for (int service = 0; service < SERVICES; service++) {
            endpointRules(text, service);
        }
        for (int service = 0; service < SERVICES; service++) {
            text.append("-A KUBE-SERVICES -d ").append(IpAddress.v4(address(service))).append("/32 -p tcp -m comment --comment \"")
                    .append(label(service)).append(" cluster IP\" -m tcp --dport ").append(SERVICE_PORT).append(" -j ")
                    .append(services.get(service)).append('\n');
        }
        text.append("-A KUBE-SERVICES -m comment --comment \"node ports, the last rule\" -m addrtype --dst-type LOCAL "
                + "-j KUBE-NODEPORTS\n");
        for (int service = 0; service < SERVICES; service++) {
            serviceRules(text, service);
        }
        return text.append("COMMIT\n").toString();
    }

    private void endpointRules(final StringBuilder text, final int service) {
        for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
            final String chain = endpoints.get(service).get(endpoint);
            text.append("-A ").append(chain).append(" -s ").append(IpAddress.v4(pod(service * ENDPOINTS + endpoint)))
                    .append("/32 -m comment --comment \"").append(label(service)).append("\" -j KUBE-MARK-MASQ\n-A ").append(chain)
                    .append(" -p tcp -m comment --comment \"").append(label(service)).append("\" -m tcp -j ACCEPT\n");
        }
    }

    private void serviceRules(final StringBuilder text, final int service) {
        final String chain = services.get(service);
        text.append("-A ").append(chain).append(" ! -s ").append(IpAddress.v4(POD_NETWORK)).append("/16 -d ")
                .append(IpAddress.v4(address(service))).append("/32 -p tcp -m comment --comment \"").append(label(service))
                .append(" cluster IP\" -m tcp --dport ").append(SERVICE_PORT).append(" -j KUBE-MARK-MASQ\n");
        for (int endpoint = 0; endpoint < ENDPOINTS; endpoint++) {
            final int left = ENDPOINTS - endpoint;
            text.append("-A ").append(chain).append(" -m comment --comment \"").append(label(service)).append(" -> ")
                    .append(IpAddress.v4(pod(service * ENDPOINTS + endpoint))).append(":8080\"");
            if (left > 1) {
                text.append(" -m statistic --mode random --probability ").append(String.format(Locale.ROOT, "%.11f", 1.0 / left));
            }
            text.append(" -j ").append(endpoints.get(service).get(endpoint)).append('\n');
        }
    }

    private static void declare(final StringBuilder text, final String chain) {
        text.append(':').append(chain).append(" - [0:0]\n");
    }

    private static String label(final int service) {
        return "ns" + service % NAMESPACES + "/svc" + service + ":http";
    }

    private static int address(final int service) {
        return SERVICE_NETWORK + FIRST_SERVICE + service;
    }

    private static int pod(final int number) {
        return POD_NETWORK + FIRST_POD + number;
    }

    private static String name(final SplittableRandom random) {
        final StringBuilder name = new StringBuilder(NAME_LETTERS);
        for (int i = 0; i < NAME_LETTERS; i++) {
            name.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return name.toString();
    }
}
