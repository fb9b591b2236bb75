package samples;

import io.penstock.dataplane.api.Family;
import io.penstock.dataplane.api.HookModule;
import io.penstock.dataplane.api.HookOps;
import io.penstock.dataplane.api.HookPoint;
import io.penstock.dataplane.api.HookRegistrar;
import io.penstock.dataplane.api.Priority;
import io.penstock.dataplane.api.Verdict;

/** Drops every IPv4 and IPv6 packet that comes in from the device named by PENSTOCK_DROP_DEVICE. */
public final class DropFromDevice implements HookModule {

    @Override
    public void register(final HookRegistrar hooks) {
        final String device = System.getProperty("PENSTOCK_DROP_DEVICE", System.getenv("PENSTOCK_DROP_DEVICE"));
        if (device == null) {
            throw new IllegalStateException("PENSTOCK_DROP_DEVICE is not set; name the device whose packets to drop");
        }
        hooks.register(HookOps.of("drop-from-" + device, Family.INET, HookPoint.PRE_ROUTING, Priority.FIRST,
                (packet, state) -> state.in().name().equals(device) ? Verdict.DROP : Verdict.ACCEPT));
    }
}
