/** Virtual services as control keeps them: their settings, rates and what maintains them. Control threads; the data plane and commands call. */
package io.penstock.dataplane.ipvs;
