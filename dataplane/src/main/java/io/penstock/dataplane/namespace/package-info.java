/** Network namespaces: the object that all state hangs on, and what runs at its birth and death. Control. */
package io.penstock.dataplane.namespace;
