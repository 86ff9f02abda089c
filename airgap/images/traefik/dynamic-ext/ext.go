// Package ext holds the places for extensions of Traefik's dynamic configuration; upstream's module is served by no proxy.
package ext

// HTTP is empty, as in the open edition.
type HTTP struct{}

// Router is empty, as in the open edition.
type Router struct{}
