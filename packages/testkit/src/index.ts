export { storeSyntheticDataset } from './synthetic-dataset.js';
