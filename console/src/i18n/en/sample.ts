/** Sample documents. */
export const sample = {
  'settings.sample': 'Sample data',
  'sample.mark': 'Sample',
  'sample.what':
    'A dozen made-up purchase orders, to look around with before anything is connected. Nothing is sent anywhere, no figure of a flow counts them, and they are taken out again with everything about them.',
  'sample.here': 'This is sample data. Nothing carries it out.',
  'sample.count': '{count, plural, =0 {not loaded} one {one document} other {# documents}}',
  'sample.none': 'No sample documents are loaded.',
  'sample.there':
    'They stand in the lists beside real documents, each with the mark "Sample". Lists, counts and metrics have them until they are removed.',
  'sample.see': 'See them',
  'sample.load': 'Load sample data',
  'sample.loaded': 'Sample documents are loaded.',
  'sample.remove': 'Remove sample data',
  'sample.removed': 'Sample documents are gone.',
  'sample.remove_what':
    'Every sample document goes, with its history, its exceptions and the notes on them. Real documents stay as they are.',
};
