#ifndef BRAIN_CLINUX_H
#define BRAIN_CLINUX_H

#endif
