package io.penstock.dataplane.api;

/**
 * What a jar given to {@code --hook-jar} provides: a public class with a public constructor without parameters, named in
 * {@code META-INF/services/io.penstock.dataplane.api.HookModule}.
 */
@FunctionalInterface
public interface HookModule {

    /** Registers what the module has. Called once, before the first packet. */
    void register(HookRegistrar hooks);
}
