/**
 * What the kernel's sysctls say of forwarding: read live, or taken from the configuration where no kernel supplies them;
 * combined as the kernel combines them and written to where the workers read them. Control: one thread. Public:
 * {@code LiveSettings}, {@code ConfiguredSettings}, {@code SysctlNames}.
 */
package io.penstock.dataplane.settings;
