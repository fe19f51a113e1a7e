#ifndef BRAIN_CSYSTEM_H
#define BRAIN_CSYSTEM_H

#endif
