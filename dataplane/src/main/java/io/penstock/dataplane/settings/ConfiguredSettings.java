package io.penstock.dataplane.settings;

import io.penstock.dataplane.hot.pipeline.IpSettings;
import io.penstock.dataplane.hot.pipeline.PortTable;
import io.penstock.os.sys.KernelTicks;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The settings of a configuration where no kernel supplies them: a namespace in which forwarding was switched on and then
 * each setting of the configuration written, in its order, to the kernel that this one would be.
 *
 * <p>What one write changes besides, where it changes something: {@code ip_forward} and {@code conf.all.forwarding} switch all devices, and so do IPv6's
 * {@code conf.all.forwarding} (whose 0 takes {@code force_forwarding} along), {@code force_forwarding} and
 * {@code disable_ipv6}; {@code net.ipv4.conf.default.X} is the
 * value of all devices whose own was not written, but for {@code forwarding} and {@code route_localnet}.
 *
 * <p>Source: net/ipv4/devinet.c devinet_conf_proc, devinet_sysctl_forward, inet_forward_change; net/ipv6/addrconf.c
 * addrconf_sysctl_forward and its neighbours. Threads: control.
 */
public final class ConfiguredSettings {

    private final List<String> ports;
    private final Map<String, String> sysctl;
    private final long[] all4 = Conf4.usualOfAll();
    private final long[][] devices4;
    private final boolean[][] written4;
    private final long[] all6 = new long[Conf6.count()];
    private final long[][] devices6;

    private ConfiguredSettings(final List<String> ports, final Map<String, String> sysctl) {
        this.ports = ports;
        this.sysctl = sysctl;
        devices4 = new long[ports.size()][];
        devices6 = new long[ports.size()][Conf6.count()];
        written4 = new boolean[ports.size()][Conf4.count()];
        Arrays.setAll(devices4, i -> Conf4.usualOfDevice());
        forward4(1);
        forward6(1);
        sysctl.forEach(this::write);
    }

    /**
     * Settings that {@link SysctlNames#check} has passed.
     *
     * @param ports the ports' names by their index
     */
    public static ConfiguredSettings of(final List<String> ports, final Map<String, String> sysctl) {
        return new ConfiguredSettings(List.copyOf(ports), sysctl);
    }

    /** Puts them in force; a port's MTUs are given by the caller, of which IPv6's may be lowered here. */
    public void apply(final PortTable table, final IpSettings settings) {
        for (int port = 0; port < ports.size(); port++) {
            Switches.write(table, port, Switches.of(all4, devices4[port], all6, devices6[port]));
            table.mtu(port, table.mtu4(port), mtu6(port, table.mtu4(port)));
        }
        final long ticksPerSecond = KernelTicks.perSecond();
        for (final GlobalSetting setting : GlobalSetting.all()) {
            final String value = sysctl.get(setting.sysctl());
            if (value != null) {
                setting.write(settings, Long.parseLong(value), ticksPerSecond);
            }
        }
        if (sysctl.containsKey(RateMask6.NAME)) {
            RateMask6.parse(sysctl.get(RateMask6.NAME), settings.limits.ratemask6);
        }
    }

    /** True if the port's device itself is a router for IPv6, and so has the subnet-router anycast addresses. */
    public boolean isRouter6(final int port) {
        return devices6[port][Conf6.FORWARDING.ordinal()] != 0;
    }

    /** True unless IPv6 is off on the port. */
    public boolean hasIpv6(final int port) {
        return devices6[port][Conf6.DISABLE_IPV6.ordinal()] == 0;
    }

    /** The largest IPv6 packet that may leave a port whose device has an MTU. */
    public int mtu6(final int port, final int mtu) {
        final int own = (int) devices6[port][Conf6.MTU.ordinal()];
        return own == 0 ? mtu : Math.min(own, mtu);
    }

    private void write(final String name, final String text) {
        final Conf4 conf4 = name.startsWith(SysctlNames.CONF4) ? SysctlNames.conf4(name) : null;
        final Conf6 conf6 = name.startsWith(SysctlNames.CONF6) ? SysctlNames.conf6(name) : null;
        if (name.equals(SysctlNames.IP_FORWARD)) {
            forward4(Long.parseLong(text));
        } else if (conf4 != null) {
            write4(SysctlNames.device(name, SysctlNames.CONF4), conf4, Long.parseLong(text));
        } else if (conf6 != null) {
            write6(SysctlNames.device(name, SysctlNames.CONF6), conf6, Long.parseLong(text));
        }
    }

    private void write4(final String device, final Conf4 conf, final long value) {
        final int index = conf.ordinal();
        switch (device) {
            case SysctlNames.ALL -> {
                if (conf == Conf4.FORWARDING) {
                    forward4(value);
                } else {
                    all4[index] = value;
                }
            }
            case SysctlNames.DEFAULT -> {
                for (int port = 0; port < devices4.length && conf.isCopied(); port++) {
                    devices4[port][index] = written4[port][index] ? devices4[port][index] : value;
                }
            }
            default -> {
                devices4[ports.indexOf(device)][index] = value;
                written4[ports.indexOf(device)][index] = true;
            }
        }
    }

    private void write6(final String device, final Conf6 conf, final long value) {
        final int index = conf.ordinal();
        if (device.equals(SysctlNames.ALL)) {
            if (conf == Conf6.FORCE_FORWARDING && all6[index] == value) {
                return;
            }
            all6[index] = value;
            for (int port = 0; port < devices6.length && conf != Conf6.MTU; port++) {
                devices6[port][index] = value;
                if (conf == Conf6.FORWARDING && value == 0) {
                    devices6[port][Conf6.FORCE_FORWARDING.ordinal()] = 0;
                }
            }
        } else if (!device.equals(SysctlNames.DEFAULT)) {
            devices6[ports.indexOf(device)][index] = value;
        }
    }

    private void forward4(final long value) {
        if (all4[Conf4.FORWARDING.ordinal()] == value) {
            return;
        }
        all4[Conf4.FORWARDING.ordinal()] = value;
        for (final long[] device : devices4) {
            device[Conf4.FORWARDING.ordinal()] = value;
        }
    }

    private void forward6(final long value) {
        write6(SysctlNames.ALL, Conf6.FORWARDING, value);
    }
}
