/**
 * What a user programs against: hook functions, what they see, and where they register. Public; a hook function itself
 * runs on worker threads, once per packet, so it must not block or allocate.
 */
package io.penstock.dataplane.api;
