package io.penstock.rules.api;

import java.util.List;

/** What names stand for on this machine: services, protocols, users, groups, hosts. Control threads. */
public interface Names {

    /** A service's port, or -1. The protocol's name, or null for any. */
    int port(String service, String protocol);

    /** A port's service, or null. */
    String service(int port, String protocol);

    /** A protocol's number, or -1. */
    int protocol(String name);

    /** A protocol's name, or null. */
    String protocolName(int number);

    /** A user's number, or -1. */
    long user(String name);

    /** A user's name, or null. */
    String userName(long number);

    /** A group's number, or -1. */
    long group(String name);

    /** A group's name, or null. */
    String groupName(long number);

    /** A host's addresses, none if it is unknown. */
    List<byte[]> host(String name, IpFamily family);

    /** Why a host that was asked for last has no addresses, in the resolver's words. */
    default String whyNoHost() {
        return "Name or service not known";
    }

    /** An address's host, or null. */
    String hostName(byte[] address);

    /** The family of the ip set of that name: 4, 6, 0 for both, or -1 if there is none. */
    default int setFamily(final String set) {
        return -1;
    }
}
