/** TensorFlow.js, the one copy that everything here uses; importing it starts nothing. */
import * as tf from '@tensorflow/tfjs';

export { tf };
